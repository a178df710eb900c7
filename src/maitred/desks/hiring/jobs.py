"""What the worker does for hiring; each part declares its own kinds."""

from __future__ import annotations

from maitred.desks.hiring.profiles.jobs import profile_clocks, settle_profiles
from maitred.desks.hiring.searching.jobs import alert, compact

__all__ = ["alert", "compact", "profile_clocks", "settle_profiles"]

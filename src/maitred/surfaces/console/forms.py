"""The words of the sign-in form."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from django.utils.translation import gettext_lazy as _


class SignInForm(LoginForm):  # type: ignore[misc]
    """User name or address, and a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("User name or mail address")
        self.fields["login"].widget.attrs["autocomplete"] = "username webauthn"
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

"""Compliance: what is due to whom by when, and which complaints are where?

Reads rule packs (files), calendars and tickets; keeps cases with their events and clocks, the register of complaints,
days of the organisation's own, scans for card numbers. Answers: what is due or late and why that day, what a complaint
still lacks, what every clause has as evidence, where a card number is kept. It supports keeping rules; it does not
say that they are kept.

The door (``verbs``; every action that changes something takes the ``version`` it read):

- deadlines: ``due(as_of=None)`` · ``check(pack=None, clause=None, as_of=None)`` · ``packs()`` · ``show_pack(pack)`` ·
  ``review_pack`` · ``adopt_pack_version(case…)`` · ``days()`` · ``add_day`` · ``remove_day``.
- complaints: ``complaint_new(…)`` · ``complaints(state=None)`` (a page) · ``show_complaint`` · ``complaint_ack`` ·
  ``complaint_assess`` · ``complaint_investigate`` · ``complaint_decide`` · ``complaint_close`` · ``complaint_reject`` ·
  ``complaint_reopen`` · ``complaint_note`` · ``complaint_own`` · ``complaint_link`` · ``complaint_merge`` ·
  ``complaint_split`` · ``complaint_figures`` · ``complaint_causes``.
- requests: ``request_new(kind, jurisdiction, channel)`` · ``request_verify`` · ``request_extend`` ·
  ``request_fulfil`` · ``request_refuse`` · ``requests(state=None)`` (a page) · ``show_request``.
- proposals: ``proposals()`` · ``propose_complaint`` · ``confirm_proposal`` · ``dismiss_proposal``.
- scans: ``scan(store="all")`` · ``scans()`` · ``show_scan``.
"""

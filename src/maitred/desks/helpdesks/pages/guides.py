"""How each helpdesk is connected: what to make there, which rights it needs, what to enter here, what is not verified.

For the admin who has never done it. The facts are those of ``docs/connectors``; the fields are the secrets that a
connector signs in with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Secret:
    """One thing to enter that maitred signs in with; ``way`` names the way of signing in that needs it."""

    name: str
    label: Words
    help: Words = ""
    kind: str = "password"
    way: str = ""


@dataclass(frozen=True, slots=True)
class Guide:
    """One helpdesk.

    Attributes
    ----------
    address
        An example of the address to enter.
    steps
        What to do at the helpdesk, in order.
    rights
        What the user there must be allowed: the right, and what is missing without it.
    ways
        Ways of signing in by name, where there is more than one.
    hook
        How to let the helpdesk call; the body to send, where one has to be written.
    """

    vendor: str
    title: str
    lead: Words
    address: str
    address_help: Words
    steps: Sequence[Words]
    rights: Sequence[tuple[Words, Words]]
    secrets: Sequence[Secret]
    speed: Words
    history: Words
    unverified: Sequence[Words]
    hook: Sequence[Words]
    hook_body: str = ""
    ways: Sequence[tuple[str, Words]] = ()
    writes: Words = ""


ZENDESK = Guide(
    vendor="zendesk",
    title="Zendesk",
    lead=_("An administrator's API token. About five minutes, all of them in Zendesk's Admin Center."),
    address="https://example.zendesk.com",
    address_help=_("The address under which agents work, without anything behind it."),
    steps=(
        _("Choose the administrator in whose name maitred reads, or make one for it alone: then its requests and its "
          "changes can be told from a person's."),
        _("In Admin Center open Apps and integrations, APIs, API tokens, and add a token named maitred."),
        _("Copy the token: Zendesk shows it once."),
    ),
    rights=(
        (_("Role: administrator"), _("Zendesk gives tickets and their history to administrators only.")),
        (_("Token access switched on"), _("In Admin Center under APIs; without it the token is refused.")),
    ),
    secrets=(
        Secret("email", _("Mail address of the administrator"), _("The one that the token belongs to."), "email"),
        Secret("token", _("API token"), _("Kept sealed and never shown again.")),
    ),
    speed=_("Zendesk allows its exports 10 requests a minute: a million tickets and what happened to them take about "
            "ten hours. It can be stopped at any moment and goes on from the last page."),
    history=_("Complete: every change and message since each ticket was created."),
    unverified=(
        _("whether every change names its previous value"),
        _("the order of the parts that a webhook signs"),
        _("how answers to the newer surveys are paged, and their fields"),
        _("what marks a merged ticket"),
    ),
    hook=(
        _("Make the address here; it is shown once."),
        _("In Admin Center open Apps and integrations, Webhooks, and create one of the kind Zendesk events."),
        _("Subscribe to the ticket events: status, assignment, group, priority, comments, merges, deletions."),
        _("Give it the address, method POST, format JSON."),
        _("Reveal the webhook's signing secret in Zendesk and enter it here: Zendesk makes this secret itself."),
    ),
    writes=_("Fields, tags and an internal note of a ticket go in one update, which Zendesk refuses where the ticket "
             "was changed since it was seen. Closed tickets are left alone."),
)  # fmt: skip

FRESHDESK = Guide(
    vendor="freshdesk",
    title="Freshdesk",
    lead=_("The API key of an agent. About three minutes."),
    address="https://example.freshdesk.com",
    address_help=_("The address under which agents work, without anything behind it."),
    steps=(
        _("Make an agent for maitred alone: then its requests can be told from a person's."),
        _("Sign in as that agent, open Profile settings, and copy the API key from the right-hand side."),
    ),
    rights=(
        (_("Role: administrator"), _("Without it working hours, targets and agents are missing.")),
        (_("Ticket scope: global access"), _("A narrower one shows only some groups' tickets.")),
        (_("Export of ticket activities"),
         _("Freshdesk's support switches it on. Without it history is the difference between two syncs.")),
    ),
    secrets=(Secret("key", _("API key"), _("Kept sealed and never shown again.")),),
    speed=_("Freshdesk counts requests by plan: 50 a minute on a trial, up to 700. Each changed ticket costs one more "
            "for its conversation, which makes up most of a first reading."),
    history=_("Exact with the export of ticket activities; without it, as exact as the time between two syncs."),
    unverified=(
        _("the form of the export of activities"),
        _("the placeholders of webhooks"),
        _("what some codes of sources and ratings mean"),
        _("the requests a minute of each plan"),
        _("the order in which contacts are listed"),
    ),
    hook=(
        _("In Admin, Workflows, Automations, make a rule for ticket updates: when a ticket is updated by anybody."),
        _("As its action choose Trigger webhook, method POST, and the address, which is made here and shown once."),
        _("Add the custom header X-Maitred-Token with the token that comes with it. Freshdesk signs nothing: this "
          "token is what tells its calls from others."),
        _("Choose Advanced content and paste the body below."),
    ),
    hook_body='{"ticket_id":"{{ticket.id}}","at":"{{ticket.updated_at}}"}',
)  # fmt: skip

SALESFORCE = Guide(
    vendor="salesforce",
    title="Salesforce",
    lead=_("A connected app and a user for it. About fifteen minutes, with an administrator of the organisation."),
    address="https://example.my.salesforce.com",
    address_help=_("The organisation's own address (My Domain), not login.salesforce.com."),
    steps=(
        _("Make a user for maitred alone, with the rights below."),
        _("In Setup make a connected app or external client app with the scope api."),
        _("Client credentials: switch the flow on and name that user as the one it runs as; copy the consumer key and "
          "secret."),
        _("Or a certificate: upload it to the app, pre-authorise the user, and keep the private key at hand."),
        _("In Object Manager, Case, Set History Tracking, choose at least Status, Case Owner and Priority."),
    ),
    rights=(
        (_("API Enabled"), _("Without it nothing can be read.")),
        (_("View All on Case, Account and Contact"), _("Without it only the user's own records are seen.")),
        (_("View Setup and Configuration"), _("Without it queues, business hours and holidays are missing.")),
        (_("Field history of Status and Case Owner"), _("Without it times and hand-overs cannot be told.")),
        (_("To change cases: Edit on Case, Create on CaseComment, Transfer Cases"), _("Only for write-back.")),
    ),
    ways=(("secret", _("Client credentials")), ("certificate", _("Certificate (JWT bearer)"))),
    secrets=(
        Secret("client_id", _("Consumer key"), _("Of the connected app."), "text"),
        Secret("client_secret", _("Consumer secret"), _("Kept sealed and never shown again."), way="secret"),
        Secret("user", _("User name"), _("The pre-authorised user."), "text", way="certificate"),
        Secret("jwt_key", _("Private key"), _("In PEM form. Kept sealed and never shown again."), "textarea",
               way="certificate"),
    ),
    speed=_("Salesforce counts requests by day. maitred uses up to 60 % of them and leaves the rest to your other "
            "systems. Objects of 20,000 rows and more are first read by a job for each month."),
    history=_("Exact for the fields whose history is tracked, from the day on which tracking began, as far back as "
              "Salesforce keeps it: connect early."),
    unverified=(
        _("whether each part of a job's results repeats its header (both are read)"),
        _("how long queries, results of jobs and history are kept"),
        _("the fields of milestones"),
        _("whether histories can be read by jobs"),
        _("the placeholders of the flow below"),
    ),
    hook=(
        _("Make a record-triggered flow on Case, after save, with an HTTP callout to the address, which is made "
          "here and shown once."),
        _("Add the header X-Maitred-Token with the token that comes with it. Salesforce signs nothing: this token "
          "is what tells its calls from others."),
        _("Send the body below."),
    ),
    hook_body='{"organization_id":"{!$Organization.Id}","case_id":"{!$Record.Id}","at":"{!$Record.SystemModstamp}"}',
    writes=_("One update per case, which Salesforce refuses where the case was saved since. A note is a comment that "
             "is not published. Assignment rules are told not to run; other automation of yours does run."),
)  # fmt: skip

GUIDES: dict[str, Guide] = {one.vendor: one for one in (ZENDESK, FRESHDESK, SALESFORCE)}
"""By vendor, in the order in which they are offered."""

_SHOWN = ("email", "user", "username", "client_id", "account", "mount")
"""Names of what a package's connector signs in with that are no secrets and may be seen while they are typed."""


def brought(vendor: str, package: str, credentials: Sequence[str]) -> Guide:
    """The guide of a helpdesk whose connector an installed package brings: what it asks for, by its own names."""
    told = {"package": package}
    kept = gettext("Kept sealed and never shown again.")
    return Guide(
        vendor=vendor,
        title=vendor,
        lead=gettext("The installed package %(package)s brings this connector.") % told,
        address="https://helpdesk.example.com",
        address_help=gettext("The address under which people work there."),
        steps=(gettext("Follow what the package %(package)s says about the key that it needs.") % told,),
        rights=(),
        secrets=tuple(
            Secret(name, name, *(("", "text") if name in _SHOWN else (kept, "password"))) for name in credentials
        ),
        speed=gettext("As the package says."),
        history=gettext("As the proof shows."),
        unverified=(),
        hook=(),
    )

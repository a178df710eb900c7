"""Members, accounts and teams: who is here, as what, in which team, and which helpdesk user they are.

For administrators to change and for auditors to read; whoever may not write sees no button that would be refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from maitred.base import clock
from maitred.base.errors import Invalid, NotFound, UsageError
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run
from maitred.people.verbs.directory import MemberShown
from maitred.people.verbs.shapes import AccountShown, TeamShown
from maitred.surfaces.console import posting, standing
from maitred.surfaces.console.posting import Field, Form, Option, Refused

Answer = HttpResponse | Refused | None
_MANY = 200


@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """Everybody known here, found by name, team and role."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    asked = {name: request.GET[name] for name in ("words", "team", "role", "state", "cursor") if request.GET.get(name)}
    try:
        found = run("people.find_members", actor, asked)
    except (Invalid, NotFound) as error:
        wrong = error.errors[0]["field"] if isinstance(error, Invalid) else "team"
        return posting.bad_filter(request, wrong, asked, _("Choose one from the list on the page."))
    answer = _add_person(request) if request.method == "POST" else None
    if isinstance(answer, HttpResponse):
        return answer
    teams = _teams(actor)
    names = {one.id: one.name for one in teams}
    kept = {name: word for name, word in asked.items() if name != "cursor"}
    context = {
        "page": Frame("members", "ok" if found.items else "empty", path=request.path),
        "title": _("Who is here, and as what"),
        "tabs": _tabs("members"),
        "rows": [_row(one, names) for one in found.items],
        "first": "cursor" in asked,
        "next": f"?{urlencode({**kept, 'cursor': found.next})}" if found.next else "",
        "path": request.path,
        "narrowed": bool(kept),
        "filters": _filters(asked, teams),
        "form": _person_form(teams).refused(answer) if _may(actor) else None,
    }
    return render(request, "console/members.html", context, status=answer.status if answer else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, person: int) -> HttpResponse:
    """One person: teams, account, helpdesk users, and what may be changed about them."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    member: MemberShown = run("people.show_member", actor, {"person": person})
    answer = _done(request, _PERSON, person=member) if request.method == "POST" else None
    if isinstance(answer, HttpResponse):
        return answer
    if answer is not None:
        member = run("people.show_member", actor, {"person": person})
    teams = _teams(actor)
    may = _may(actor)
    context = {
        "page": Frame("members", path=request.path),
        "title": member.person.name,
        "member": member,
        "memberships": _memberships(member, {one.id: one.name for one in teams}, may),
        "identities": [(one, _unlink(one, answer)) for one in member.identities],
        "account": _account(actor, member.account, answer),
        "forms": _person_forms(member, teams, answer) if may and member.person.left_on is None else {},
        "loose": answer.problem if answer and answer.do in ("leave", "unlink") else "",
        "may": may,
    }
    return render(request, "console/member.html", context, status=answer.status if answer else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def accounts(request: HttpRequest) -> HttpResponse:
    """Every account with its roles and grants, those of nobody in the directory too."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    asked = {"cursor": request.GET["cursor"]} if request.GET.get("cursor") else {}
    found = run("people.list_accounts", actor, asked)
    answer = _done(request, {"account": _add_account}, person=None) if request.method == "POST" else None
    if isinstance(answer, HttpResponse):
        return answer
    context = {
        "page": Frame("members", "ok" if found.items else "empty", path=request.path),
        "title": _("Who can sign in, and as what"),
        "tabs": _tabs("accounts"),
        "rows": [(one, standing.roles(one.roles), standing.grants(one.grants)) for one in found.items],
        "next": f"?{urlencode({'cursor': found.next})}" if found.next else "",
        "first": bool(asked),
        "path": request.path,
        "form": _account_form(None).refused(answer) if _may(actor) else None,
    }
    return render(request, "console/accounts.html", context, status=answer.status if answer else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest, account: int) -> HttpResponse:
    """One account: its roles and grants, and whether it is open."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    shown: AccountShown = run("people.show_account", actor, {"account": account})
    answer = _done(request, _ACCOUNT, account=shown) if request.method == "POST" else None
    if isinstance(answer, HttpResponse):
        return answer
    if answer is not None:
        shown = run("people.show_account", actor, {"account": account})
    context = {
        "page": Frame("members", path=request.path),
        "title": shown.username,
        "account": _account(actor, shown, answer),
        "may": _may(actor),
    }
    return render(request, "console/account.html", context, status=answer.status if answer else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def teams(request: HttpRequest) -> HttpResponse:
    """The tree of teams, with the helpdesk groups that they are."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = _teams(actor)
    answer = _done(request, {"team": _add_team}) if request.method == "POST" else None
    if isinstance(answer, HttpResponse):
        return answer
    groups: dict[int, list[Any]] = {}
    for one in _every(actor, "people.list_group_links"):
        groups.setdefault(one.team, []).append(one)
    context = {
        "page": Frame("members", "ok" if found else "empty", path=request.path),
        "title": _("The teams and their helpdesk groups"),
        "tabs": _tabs("teams") if reach(actor, Right.MEMBERS_READ) is not Reach.NONE else (),
        "rows": [(one, depth, groups.get(one.id, [])) for one, depth in _tree(found)],
        "form": _team_form(found).refused(answer) if _may(actor) else None,
        "may": _may(actor),
    }
    return render(request, "console/teams.html", context, status=answer.status if answer else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def team(request: HttpRequest, team: int) -> HttpResponse:
    """One team: name, place in the tree, helpdesk groups."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    shown: TeamShown = run("people.show_team", actor, {"team": team})
    answer = _done(request, _TEAM, team=shown) if request.method == "POST" else None
    if isinstance(answer, HttpResponse):
        return answer
    if answer is not None:
        shown = run("people.show_team", actor, {"team": team})
    found = _teams(actor)
    names = {one.id: one.name for one in found}
    groups = [one for one in _every(actor, "people.list_group_links") if one.team == team]
    may = _may(actor)
    context = {
        "page": Frame("members", path=request.path),
        "title": shown.name,
        "team": shown,
        "above": names.get(shown.parent or 0, ""),
        "below": [one for one in found if one.parent == shown.id],
        "groups": [(one, _unlink_group(one)) for one in groups],
        "forms": [one.refused(answer) for one in _team_forms(shown, found, groups)] if may else [],
        "loose": answer.problem if answer and answer.do == "unlink" else "",
        "people": reach(actor, Right.MEMBERS_READ) is not Reach.NONE,
        "may": may,
    }
    return render(request, "console/team.html", context, status=answer.status if answer else 200)


listed.verb = "people.find_members"  # type: ignore[attr-defined]
person.verb = "people.show_member"  # type: ignore[attr-defined]
accounts.verb = "people.list_accounts"  # type: ignore[attr-defined]
account.verb = "people.show_account"  # type: ignore[attr-defined]
teams.verb = "people.list_teams"  # type: ignore[attr-defined]
team.verb = "people.show_team"  # type: ignore[attr-defined]


def _may(actor: Actor) -> bool:
    return reach(actor, Right.MEMBERS_WRITE) is not Reach.NONE


def _every(actor: Actor, verb: str) -> list[Any]:
    """All of a list, page by page."""
    found: list[Any] = []
    cursor: str | None = None
    while True:
        page = run(verb, actor, {"limit": _MANY, "cursor": cursor})
        found += page.items
        cursor = page.next
        if cursor is None:
            return found


def _teams(actor: Actor) -> list[TeamShown]:
    return _every(actor, "people.list_teams")


def _tabs(here: str) -> list[dict[str, Any]]:
    pages = (("members", _("People")), ("accounts", _("Accounts")), ("teams", _("Teams")))
    return [{"href": reverse(name), "label": label, "here": name == here} for name, label in pages]


def _tree(found: Sequence[TeamShown]) -> list[tuple[TeamShown, int]]:
    """Teams below their parents, by name, each with its depth."""
    below: dict[int | None, list[TeamShown]] = {}
    for one in sorted(found, key=lambda team: team.name.casefold()):
        below.setdefault(one.parent, []).append(one)
    rows: list[tuple[TeamShown, int]] = []

    def enter(parent: int | None, depth: int) -> None:
        for one in below.get(parent, []):
            rows.append((one, depth))
            enter(one.id, depth + 1)

    enter(None, 0)
    return rows


def _row(one: MemberShown, names: dict[int, str]) -> dict[str, Any]:
    leads = {held.team for held in one.memberships if held.leads and held.valid_to is None}
    return {
        "member": one,
        "teams": [(names.get(key, ""), key in leads) for key in one.person.teams],
        "roles": standing.roles(one.account.roles) if one.account else [],
        "grants": standing.grants(one.account.grants) if one.account else [],
    }


def _memberships(one: MemberShown, names: dict[int, str], may: bool) -> list[tuple[Any, str, Form | None]]:
    found: list[tuple[Any, str, Form | None]] = []
    for held in reversed(one.memberships):
        name = names.get(held.team, "")
        told = _("End the membership in %(team)s") % {"team": name}
        hidden = {"membership": str(held.id), "version": str(held.version)}
        leave = Form("leave", _("End"), title=told, hidden=hidden, key=str(held.id))
        found.append((held, name, leave if may and held.valid_to is None else None))
    return found


def _account(actor: Actor, shown: AccountShown | None, answer: Answer) -> dict[str, Any] | None:
    """An account's facts, and its forms where they would not be refused."""
    if shown is None:
        return None
    why = answer if isinstance(answer, Refused) else None
    may = _may(actor) and shown.id != actor.account
    return {
        "shown": shown,
        "roles": standing.roles(shown.roles),
        "grants": standing.grants(shown.grants),
        "forms": [one.refused(why) for one in _account_forms(shown)] if may else [],
        "own": shown.id == actor.account,
    }


def _filters(asked: dict[str, str], found: Sequence[TeamShown]) -> list[Field]:
    states = (("here", _("Here now")), ("left", _("Left")), ("all", _("All")))
    roles = [("", _("All roles")), *((name, str(label)) for name, (label, _help) in standing.ROLES.items())]
    teams = [("", _("All teams")), *((str(one.id), _indented(one, depth)) for one, depth in _tree(found))]
    fields = (
        Field("words", _("Name or user name"), "search", asked.get("words", "")),
        Field("team", _("Team"), "select", options=_chosen(teams, asked.get("team", ""))),
        Field("role", _("Role"), "select", options=_chosen(roles, asked.get("role", ""))),
        Field("state", _("Who"), "select", options=_chosen(states, asked.get("state", "here"))),
    )
    return [*Form("find", "", fields).fields]


def _indented(one: TeamShown, depth: int) -> str:
    return f"{'–' * depth} {one.name}".strip()


def _chosen(choices: Sequence[tuple[str, str]], now: str) -> list[Option]:
    return [Option(value, label, chosen=value == now) for value, label in choices]


def _choice(found: Sequence[TeamShown], now: int | None = None, empty: str = "") -> list[Option]:
    choices = [(str(one.id), _indented(one, depth)) for one, depth in _tree(found)]
    return _chosen([("", empty), *choices] if empty else choices, str(now or ""))


def _person_form(found: Sequence[TeamShown]) -> Form:
    kinds = (("human", _("Human")), ("bot", _("Bot")))
    fields = (
        Field("name", _("Name"), required=True),
        Field("email", _("Mail address"), "email", optional=True),
        Field("team", _("Team"), "select", options=_choice(found, empty=_("No team"))),
        Field("leads", _("Leads this team"), "check"),
        Field("kind", _("Kind"), "radios", options=_chosen(kinds, "human")),
    )
    return Form("person", _("Add the person"), fields, title=_("Add a person"))


def _person_forms(member: MemberShown, found: Sequence[TeamShown], answer: Answer) -> dict[str, Form]:
    one = member.person
    version = {"version": str(one.version)}
    change = (
        Field("name", _("Name"), value=one.name, required=True),
        Field("email", _("Mail address"), "email", value=one.email or "", optional=True),
    )
    join = (
        Field("team", _("Team"), "select", options=_choice(found)),
        Field("leads", _("Leads this team"), "check"),
    )
    link = (
        Field("source", _("Helpdesk"), required=True, help=_("As the import names it, such as zendesk.")),
        Field("external_id", _("Id of the user there"), required=True),
    )
    leave = (Field("left_on", _("Last day"), "date", value=clock.now().date().isoformat(), required=True),)
    forms = [
        Form("change", _("Save"), change, title=_("Change name or address"), hidden=version),
        Form("join", _("Put into the team"), join, title=_("Put into a team")),
        Form("link", _("Link the user"), link, title=_("Link a helpdesk user")),
        Form("left", _("Record the leaving"), leave, title=_("Record that this person left"), hidden=version,
             look="danger", lead=_("Memberships, account, tokens and sessions end. What was done stays.")),
    ]  # fmt: skip
    if member.account is None:
        forms.append(_account_form(one.name))
    why = answer if isinstance(answer, Refused) else None
    return {form.do: form.refused(why) for form in forms}


def _account_form(name: str | None) -> Form:
    lead = _("The password is set through the link of a mail; none is ever shown here.")
    fields = (
        Field("username", _("User name"), required=True, help=_("Letters, digits and @ . + - _")),
        Field("email", _("Mail address"), "email", optional=True),
        Field("roles", _("Roles"), "checks", options=standing.options(standing.ROLES)),
    )
    title = _("Add an account for %(name)s") % {"name": name} if name else _("Add an account without a person")
    return Form("account", _("Add the account"), fields, title=title, lead=lead)


def _account_forms(one: AccountShown) -> list[Form]:
    version = {"account": str(one.id), "version": str(one.version)}
    reason = Field("reason", _("Reason"), "textarea", required=True, help=_("It stands in the audit log."))
    roles = (Field("roles", _("Roles"), "checks", options=standing.options(standing.ROLES, one.roles)),)
    free = [option for option in standing.options(standing.GRANTS) if option.value not in one.grants]
    forms = [Form("roles", _("Save the roles"), roles, title=_("Change roles"), hidden=version,
                  lead=_("The account is signed out everywhere."))]  # fmt: skip
    if free:
        grant = (Field("grant", _("Grant"), "radios", options=free), reason)
        forms.append(Form("grant", _("Give the grant"), grant, title=_("Give a grant"), hidden=version))
    if one.grants:
        held = [option for option in standing.options(standing.GRANTS) if option.value in one.grants]
        taken = (Field("grant", _("Grant"), "radios", options=held),)
        forms.append(Form("ungrant", _("Take it away"), taken, title=_("Take a grant away"), hidden=version))
    if one.active:
        forms.append(Form("close", _("Close the account"), title=_("Close this account"), hidden=version, look="danger",
                          lead=_("Nobody signs in with it; its tokens and sessions end.")))  # fmt: skip
    else:
        forms.append(Form("reopen", _("Reopen the account"), title=_("Reopen this account"), hidden=version,
                          lead=_("Withdrawn tokens stay withdrawn.")))  # fmt: skip
    return forms


def _team_form(found: Sequence[TeamShown], parent: int | None = None) -> Form:
    fields = (
        Field("name", _("Name"), required=True),
        Field("parent", _("Below"), "select", options=_choice(found, parent)),
    )
    return Form("team", _("Add the team"), fields, title=_("Add a team"))


def _team_forms(one: TeamShown, found: Sequence[TeamShown], groups: Sequence[Any]) -> list[Form]:
    version = {"version": str(one.version)}
    link = (
        Field("source", _("Helpdesk"), required=True, help=_("As the import names it, such as zendesk.")),
        Field("external_id", _("Id of the group there"), required=True),
    )
    name = (Field("name", _("Name"), value=one.name, required=True),)
    forms = [
        Form("link", _("Link the group"), link, title=_("Link a helpdesk group")),
        Form("rename", _("Rename"), name, title=_("Rename the team"), hidden=version),
    ]
    if one.parent is not None:
        above = (Field("parent", _("Below"), "select", options=_choice(found, one.parent)),)
        forms.append(Form("move", _("Move"), above, title=_("Move the team"), hidden=version,
                          lead=_("Everything below it moves along.")))  # fmt: skip
        forms.append(Form("remove", _("Remove the team"), title=_("Remove the team"), hidden=version, look="danger",
                          lead=_("Only a team that nobody was ever in and that has none below it.")))  # fmt: skip
    return forms


def _unlink(one: Any, answer: Answer) -> Form:
    told = _("Unlink %(user)s of %(source)s") % {"user": one.external_id, "source": one.source}
    hidden = {"identity": str(one.id), "version": str(one.version)}
    return Form("unlink", _("Unlink"), title=told, hidden=hidden, key=str(one.id))


def _unlink_group(one: Any) -> Form:
    told = _("Unlink %(user)s of %(source)s") % {"user": one.external_id, "source": one.source}
    hidden = {"link": str(one.id), "version": str(one.version)}
    return Form("unlink", _("Unlink"), title=told, hidden=hidden, key=str(one.id))


def _done(request: HttpRequest, doing: dict[str, Callable[..., HttpResponse | Refused]], **of: Any) -> Answer:
    do = doing.get(request.POST.get("do", ""))
    if do is None:
        raise UsageError("this page has no such form", "go back, load the page again and repeat")
    return do(request, **of)


def _add_person(request: HttpRequest) -> HttpResponse | Refused:
    given: dict[str, Any] = posting.filled(request, "name", "team", "email", "kind")
    given["leads"] = "leads" in request.POST
    answer = posting.asked(request, "people.add_person", given)
    if isinstance(answer, Refused | HttpResponse):
        return answer
    return posting.done(request, _("The person is added."), reverse("member", args=[answer.id]))


def _change(request: HttpRequest, person: MemberShown) -> HttpResponse | Refused:
    given = {"person": person.person.id, **posting.words(request, "name", "email", "version")}
    return posting.attempt(request, "people.change_person", given, _("The changes are saved."), request.path)


def _join(request: HttpRequest, person: MemberShown) -> HttpResponse | Refused:
    given = {"person": person.person.id, **posting.words(request, "team"), "leads": "leads" in request.POST}
    return posting.attempt(request, "people.join_team", given, _("The person is in the team."), request.path)


def _leave(request: HttpRequest, person: MemberShown) -> HttpResponse | Refused:
    given = posting.words(request, "membership", "version")
    return posting.attempt(request, "people.leave_team", given, _("The membership has ended."), request.path)


def _link(request: HttpRequest, person: MemberShown) -> HttpResponse | Refused:
    given = {"person": person.person.id, **posting.words(request, "source", "external_id")}
    return posting.attempt(request, "people.link_identity", given, _("The helpdesk user is linked."), request.path)


def _unlink_user(request: HttpRequest, person: MemberShown) -> HttpResponse | Refused:
    given = posting.words(request, "identity", "version")
    return posting.attempt(request, "people.unlink_identity", given, _("The helpdesk user is unlinked."), request.path)


def _left(request: HttpRequest, person: MemberShown) -> HttpResponse | Refused:
    given = {"person": person.person.id, **posting.words(request, "left_on", "version")}
    return posting.attempt(request, "people.record_leaving", given, _("The leaving is recorded."), request.path)


def _add_account(request: HttpRequest, person: MemberShown | None) -> HttpResponse | Refused:
    given: dict[str, Any] = {**posting.filled(request, "username", "email"), "roles": request.POST.getlist("roles")}
    if person is not None:
        given["person"] = person.person.id
    return posting.attempt(request, "people.add_account", given, _("The account is added."), request.path)


def _of_account(verb: str, *names: str) -> Callable[..., HttpResponse | Refused]:
    """A form of an account, on its own page or on its person's."""

    def do(
        request: HttpRequest, person: MemberShown | None = None, account: AccountShown | None = None
    ) -> HttpResponse | Refused:
        shown = account or (person.account if person else None)
        if shown is None:
            raise UsageError("this person has no account", "go back, load the page again and repeat")
        given: dict[str, Any] = {"account": shown.id, **posting.words(request, "version", *names)}
        if "roles" in names:
            given["roles"] = request.POST.getlist("roles")
        return posting.attempt(request, verb, given, _("The account is changed."), request.path)

    return do


def _add_team(request: HttpRequest) -> HttpResponse | Refused:
    given = posting.filled(request, "name", "parent")
    return posting.attempt(request, "people.add_team", given, _("The team is added."), request.path)


def _of_team(verb: str, *names: str) -> Callable[..., HttpResponse | Refused]:
    def do(request: HttpRequest, team: TeamShown) -> HttpResponse | Refused:
        given = {"team": team.id, **posting.words(request, *names)}
        back = reverse("teams") if verb == "people.remove_team" else request.path
        return posting.attempt(request, verb, given, _("The team is changed."), back)

    return do


def _unlink_of_team(request: HttpRequest, team: TeamShown) -> HttpResponse | Refused:
    given = posting.words(request, "link", "version")
    return posting.attempt(request, "people.unlink_group", given, _("The group is unlinked."), request.path)


_ACCOUNT: dict[str, Callable[..., HttpResponse | Refused]] = {
    "roles": _of_account("people.set_roles", "roles"),
    "grant": _of_account("people.add_grant", "grant", "reason"),
    "ungrant": _of_account("people.remove_grant", "grant"),
    "close": _of_account("people.close_account"),
    "reopen": _of_account("people.reopen_account"),
}
_PERSON: dict[str, Callable[..., HttpResponse | Refused]] = {
    "change": _change,
    "join": _join,
    "leave": _leave,
    "link": _link,
    "unlink": _unlink_user,
    "left": _left,
    "account": _add_account,
    **_ACCOUNT,
}
_TEAM: dict[str, Callable[..., HttpResponse | Refused]] = {
    "link": _of_team("people.link_group", "source", "external_id"),
    "unlink": _unlink_of_team,
    "rename": _of_team("people.rename_team", "name", "version"),
    "move": _of_team("people.move_team", "parent", "version"),
    "remove": _of_team("people.remove_team", "version"),
}

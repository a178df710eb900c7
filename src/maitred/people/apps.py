"""People as a Django app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Persons, teams, accounts, tokens."""

    name = "maitred.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the room below how to ask for a person's teams."""
        from maitred.kit.access.whose import set_lookup
        from maitred.people.tree import teams_of_known

        set_lookup(teams_of_known)

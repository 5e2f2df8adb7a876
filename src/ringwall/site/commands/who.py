"""Who acts on the command line, and where."""

import argparse

from ringwall.access.models import Organisation, Person
from ringwall.access.policy import SEE_RESTRICTED, Actor, actor_for_person, system_actor
from ringwall.catalogues.models import Catalogue
from ringwall.catalogues.queries import find_catalogue
from ringwall.kit import registry
from ringwall.site.cli import UsageError, system_user


def organisation(given: argparse.Namespace) -> Organisation:
    """The organisation named, or the only one there is."""
    rows = Organisation.objects.filter(is_installation=False).order_by("code")
    if given.organisation:
        found = rows.filter(code=given.organisation).first()
        if found is None:
            raise UsageError(
                f"there is no organisation {given.organisation!r}; there are: "
                f"{', '.join(rows.values_list('code', flat=True)) or 'none'}"
            )
        return found
    codes = list(rows[:10])
    if not codes:
        raise UsageError("there is no organisation yet; run `ringwall init` or `ringwall demo` first")
    if len(codes) > 1:
        raise UsageError(f"name the organisation with --organisation: {', '.join(o.code for o in codes)}")
    return codes[0]


def import_grants() -> set[str]:
    """What the system user may: see, and bring in; decide nothing."""
    kinds = list(registry.registers)
    seen = {f"{kind}.view" for kind in [*kinds, "catalogue", "mapping", "carry_over", "soa", "rtp"]} | {SEE_RESTRICTED}
    return seen | {
        f"{kind}.{verb}" for kind in [*kinds, "catalogue", "mapping"] for verb in ("import", "create", "update")
    }


def actor(given: argparse.Namespace) -> Actor:
    where = organisation(given)
    if given.person:
        person = (
            Person.objects.filter(organisation=where, email__iexact=given.person, withdrawn_on=None)
            .select_related("organisation", "user")
            .first()
        )
        if person is None:
            raise UsageError(f"nobody in {where.code} has the email {given.person!r}")
        return actor_for_person(person, user=person.user)
    return system_actor(where, f"cli:{system_user()}", import_grants())


def catalogue_named(who: Actor, code: str) -> Catalogue:
    found = find_catalogue(who, code)
    if found is None:
        raise UsageError(f"there is no catalogue {code!r}; `ringwall catalogue list` names them")
    return found

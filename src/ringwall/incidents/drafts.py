"""First drafts of what authorities and customers are told, from what is known. A person completes and sends them.

Contents after NIS2, Article 23(4), and GDPR, Article 33(3), in our own words.
"""

from django.utils import translation
from django.utils.translation import gettext as _

from ringwall.incidents.models import Incident, Notification, Tri
from ringwall.incidents.rules import Regime
from ringwall.incidents.wording import moment_words

GAP = "[…]"


def draft(found: Notification, language: str) -> str:
    """Plain text; what is not known yet is marked with […]."""
    incident = found.incident
    with translation.override(language):
        parts = [_head(found), _known(incident)]
        if found.regime == Regime.NIS2_WARNING:
            parts += [
                _question(_("Unlawful or malicious act suspected")),
                _question(_("Effects across borders possible")),
            ]
        elif found.regime in {Regime.NIS2_NOTIFICATION, Regime.CONTRACT}:
            parts += [_assessment(incident), _measures(incident)]
        elif found.regime == Regime.NIS2_REPORT:
            parts += [_assessment(incident), _told(_("Cause"), incident.cause), _measures(incident)]
            parts.append(_question(_("Effects across borders")))
        elif found.regime == Regime.GDPR:
            parts += [
                _question(_("Kinds of people concerned, and about how many")),
                _question(_("Kinds of records concerned, and about how many")),
                _question(_("Data protection officer, or another contact")),
                _told(_("Likely consequences"), incident.consequence),
                _measures(incident),
            ]
        parts.append(_question(_("Contact for questions")))
        return "\n\n".join(part for part in parts if part)


def _head(found: Notification) -> str:
    incident = found.incident
    known = moment_words(incident.aware_at) if incident.aware_at else GAP
    return "\n".join(
        [
            found.label,
            f"{_('Organisation')}: {incident.organisation.name}",
            f"{_('Our reference')}: {incident.ref}",
            f"{_('Known since')}: {known}",
        ]
    )


def _known(incident: Incident) -> str:
    told = incident.description or incident.title
    return _told(_("What happened"), f"{incident.get_category_display()}. {told}")


def _assessment(incident: Incident) -> str:
    severity = str(incident.get_severity_display() or GAP)
    data = str(Tri(incident.personal_data).label)
    return "\n".join(
        [
            f"{_('Severity')}: {severity}",
            f"{_('Personal data')}: {data}",
            f"{_('Consequences')}: {incident.consequence or GAP}",
        ]
    )


def _measures(incident: Incident) -> str:
    lines = [f"- {moment_words(moment.at)}: {moment.text}" for moment in incident.moments.all()]
    return _told(_("What was done, and when"), "\n".join(lines))


def _told(label: str, text: str) -> str:
    return f"{label}:\n{text.strip() or GAP}"


def _question(label: str) -> str:
    return f"{label}: {GAP}"

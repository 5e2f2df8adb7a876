"""What evidence listens to: a record that moves takes its evidence along."""

from ringwall.evidence.models import Evidence
from ringwall.kit.attached import follows_its_record

follows_its_record(Evidence)

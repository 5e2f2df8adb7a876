from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ringwall.reports.document import Block, Column, Heading, PageBreak, Paragraph, Table
from ringwall.reports.layout import column_rooms, column_widths, sections

WIDE = Table((Column("a", "A"),), (), landscape=True)
NARROW = Table((Column("a", "A"),), ())
BLOCKS = st.lists(st.sampled_from([Heading(1, "H"), Paragraph("P"), WIDE, NARROW, PageBreak()]), max_size=12)


def test_a_heading_goes_with_the_landscape_table_it_introduces() -> None:
    before, heading, text, after = Paragraph("before"), Heading(1, "Table"), Paragraph("text"), Heading(1, "After")
    made = sections([before, heading, text, WIDE, after])
    assert [(section.is_landscape, section.blocks) for section in made] == [
        (False, (before,)),
        (True, (heading, text, WIDE)),
        (False, (after,)),
    ]


def test_landscape_tables_one_after_the_other_share_a_section() -> None:
    heading = Heading(1, "Second")
    made = sections([WIDE, heading, WIDE])
    assert [(section.is_landscape, section.blocks) for section in made] == [(True, (WIDE, heading, WIDE))]


@given(BLOCKS)
def test_no_block_is_lost_or_moved_past_another_and_orientations_alternate(blocks: list[Block]) -> None:
    made = sections(blocks)
    flat = [block for section in made for block in section.blocks if not isinstance(block, PageBreak)]
    assert flat == [block for block in blocks if not isinstance(block, PageBreak)]
    assert all(one.is_landscape != other.is_landscape for one, other in pairwise(made))
    for section in made:
        tables = [block for block in section.blocks if isinstance(block, Table)]
        assert all(table.landscape == section.is_landscape for table in tables)
        assert section.blocks and not isinstance(section.blocks[-1], PageBreak)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=20), st.floats(50, 300))
def test_columns_share_the_whole_width(weights: list[float], width: float) -> None:
    table = Table([Column(str(number), "T", weight) for number, weight in enumerate(weights)], ())
    assert abs(sum(column_widths(table, width)) - width) < 1e-6
    assert min(column_rooms(table, width)) >= 3

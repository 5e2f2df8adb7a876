from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringwall.ledger import merkle

sizes = st.integers(1, 70)


def leaves_of(size: int) -> list[bytes]:
    return [merkle.leaf_hash(b"%d" % n) for n in range(size)]


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word by word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=70))
def test_the_root_is_the_merkle_tree_hash_of_the_standard(leaves: list[bytes]) -> None:
    assert merkle.root_of(leaves) == naive_root(leaves)


@given(st.integers(0, 70))
def test_a_compact_range_can_be_stored_and_grown_again(size: int) -> None:
    tree = merkle.CompactRange.of(leaves_of(size))
    again = merkle.CompactRange.from_bytes(size, tree.to_bytes())
    again.append(merkle.leaf_hash(b"one more"))
    assert len(tree.hashes) == size.bit_count()
    assert again.root() == naive_root([*leaves_of(size), merkle.leaf_hash(b"one more")])


def test_a_compact_range_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="compact range of 4"):
        merkle.CompactRange.from_bytes(4, bytes(64))


@given(sizes, st.data())
def test_an_inclusion_proof_convinces_and_none_other_does(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves = leaves_of(size)
    root, path = naive_root(leaves), merkle.inclusion_proof(leaves, index)
    assert merkle.is_included(leaves[index], index, size, path, root)
    assert len(path) <= (size - 1).bit_length()
    assert not merkle.is_included(merkle.leaf_hash(b"other"), index, size, path, root)
    assert not merkle.is_included(leaves[index], index, size, [*path, root], root)
    if size > 1:
        other = data.draw(st.integers(0, size - 1).filter(lambda n: n != index))
        assert not merkle.is_included(leaves[index], other, size, path, root)
        assert not merkle.is_included(leaves[index], index, size, path[:-1], root)
        broken = data.draw(st.integers(0, len(path) - 1))
        path[broken] = bytes(32)
        assert not merkle.is_included(leaves[index], index, size, path, root)


@given(sizes, st.data())
def test_a_consistency_proof_shows_growth_and_nothing_else(size: int, data: st.DataObject) -> None:
    old_size = data.draw(st.integers(1, size))
    leaves = leaves_of(size)
    old_root, root = naive_root(leaves[:old_size]), naive_root(leaves)
    path = merkle.consistency_proof(leaves, old_size)
    assert merkle.is_consistent(old_size, size, old_root, root, path)
    assert not merkle.is_consistent(old_size, size, bytes(32), root, path)
    assert not merkle.is_consistent(old_size, size, old_root, bytes(32), path)
    assert not merkle.is_consistent(old_size, size, old_root, root, [*path, bytes(32)])
    if path:
        assert not merkle.is_consistent(old_size, size, old_root, root, path[:-1])
    rewritten = [merkle.leaf_hash(b"rewritten"), *leaves[1:]]
    if old_size < size:
        proof = merkle.consistency_proof(rewritten, old_size)
        assert not merkle.is_consistent(old_size, size, old_root, naive_root(rewritten), proof)


@pytest.mark.parametrize("index", [-1, 3])
def test_no_proof_is_given_for_a_leaf_outside_the_tree(index: int) -> None:
    with pytest.raises(IndexError):
        merkle.inclusion_proof(leaves_of(3), index)
    assert not merkle.is_included(bytes(32), index, 3, [], bytes(32))


@pytest.mark.parametrize("old_size", [0, 4])
def test_no_proof_is_given_for_a_tree_that_is_not_a_beginning(old_size: int) -> None:
    with pytest.raises(IndexError):
        merkle.consistency_proof(leaves_of(3), old_size)
    assert not merkle.is_consistent(old_size, 3, bytes(32), bytes(32), [])

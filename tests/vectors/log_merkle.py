"""Cases of roots, inclusion and consistency: true proofs, and false ones with what betrays them."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from tests.reference_merkle import Reference, leaf, node

Case = dict[str, Any]

CT = "Certificate Transparency's test leaves (transparency-dev/merkle, testonly/constants.go)"
GOLDEN = "the test log of transparency-dev/tessera, whose key is published"
OWN = "made here"

CT_LEAVES = " 00 10 2021 3031 40414243 5051525354555657 606162636465666768696a6b6c6d6e6f".split(" ")
CT_ROOTS = """
    e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
    6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d
    fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125
    aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77
    d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7
    4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4
    76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef
    ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c
    5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328
""".split()
WORDS = (
    "one two three four five six seven eit nain ten ileven twelf threeten fourten fivten".split()
)
GOLDEN_ROOT_7 = "IrSXADBqJ7EQoUODSDKROySgNveeL6CFhik2w/+fS7U="
GOLDEN_ROOT_15 = "rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs="
GOLDEN_INCLUSION_4 = """
    yiM+eia4w1wsk/Ukx7kF56IQVkDW3MWUaUz/VtJu+yU= nk9gCR+floFqznAPtqjjcnnV64dge2jQB95D5t164Hg=
    zY1lN35vrXYAPixXSd59LsU29xUJtuW4o2dNNg5Y2Co= 5jLpqTgjsBDSEX6SgZiRnbTMdTuRd8bQ5tSsAOxe0Ks=
""".split()
GOLDEN_CONSISTENCY_7 = """
    2Q0P5jSR+TdkwdXWyx+GbBWX0KZbNZkWzCjyTPSozsw= ThcgoV2DYcK+VCxBUDWAlNxmLy2r7dq7dK7+OlgQKWs=
    ycRkkNklus5eMVRUvkD1pK321vMrA+jjOiZKU8aOcY4= zY1lN35vrXYAPixXSd59LsU29xUJtuW4o2dNNg5Y2Co=
    5jLpqTgjsBDSEX6SgZiRnbTMdTuRd8bQ5tSsAOxe0Ks=
""".split()
SIZE_MAX = 2**63


def _flip(value: bytes, bit: int = 0) -> bytes:
    return (int.from_bytes(value, "big") ^ 1 << bit).to_bytes(len(value), "big")


def _tree(words: list[str]) -> Reference:
    return Reference({index: word.encode() for index, word in enumerate(words)})


def _root_cases() -> Iterator[Case]:
    tree = Reference({index: bytes.fromhex(data) for index, data in enumerate(CT_LEAVES)})
    for size, published in enumerate(CT_ROOTS):
        if tree.mth(0, size).hex() != published:
            raise ValueError(f"root of {size} leaves")
        yield {
            "origin": CT,
            "description": f"the first {size} leaves",
            "leaves": CT_LEAVES[:size],
            "expected": published,
        }
    golden = _tree(WORDS)
    for size, text in ((7, GOLDEN_ROOT_7), (15, GOLDEN_ROOT_15)):
        if golden.mth(0, size) != b64decode(text):
            raise ValueError(f"golden root of {size}")
        yield {
            "origin": GOLDEN,
            "description": f"the first {size} leaves",
            "leaves": [word.encode().hex() for word in WORDS[:size]],
            "expected": golden.mth(0, size).hex(),
        }


def _inclusion(
    origin: str, description: str, tree: Reference, index: int, size: int, /, **changes: Any
) -> Case:
    """Describe the true proof of a leaf, with ``changes`` made and ``expected`` of it."""
    case: Case = {
        "origin": origin,
        "description": description,
        "leaf": tree.mth(index, index + 1),
        "index": index,
        "size": size,
        "proof": tree.path(index, size),
        "root": tree.mth(0, size),
        "expected": "valid",
    } | changes
    case["proof"] = [value.hex() for value in case["proof"]]
    return case | {name: case[name].hex() for name in ("leaf", "root")}


def _true_inclusions() -> Iterator[Case]:
    golden = _tree(WORDS)
    if golden.path(4, 15) != [b64decode(text) for text in GOLDEN_INCLUSION_4]:
        raise ValueError("golden inclusion proof")
    yield _inclusion(GOLDEN, "leaf 4 of 15", golden, 4, 15)
    for index, size, about in (
        (0, 1, "the only leaf: no hash at all"),
        (0, 2, "a left leaf"),
        (1, 2, "a right leaf"),
        (2, 3, "a last leaf, promoted"),
        (4, 5, "a last leaf, promoted twice"),
        (7, 8, "the last leaf of a complete tree"),
        (14, 15, "the last leaf, promoted once"),
    ):
        yield _inclusion(OWN, f"leaf {index} of {size}: {about}", golden, index, size)
    for index, size in (
        (0, SIZE_MAX),
        (SIZE_MAX - 1, SIZE_MAX),
        (SIZE_MAX - 2, SIZE_MAX - 1),
        (2**62, SIZE_MAX - 1),
        (2**62, 2**62 + 1),
        (2**53 + 1, 2**60 + 5),
        (2**32, 2**32 + 1),
    ):
        tree = Reference({index: b"far"})
        yield _inclusion(OWN, f"leaf {index} of {size}, others empty", tree, index, size)


def _false_inclusions() -> Iterator[Case]:
    golden = _tree(WORDS)
    true = golden.path(4, 15)
    zero = bytes(32)

    def change(description: str, expected: str, **changes: Any) -> Case:
        about = f"leaf 4 of 15, but {description}"
        return _inclusion(GOLDEN, about, golden, 4, 15, expected=expected, **changes)

    for at in range(4):
        flipped = [*true[:at], _flip(true[at], 17 * at), *true[at + 1 :]]
        yield change(f"one bit of hash {at} is flipped", "root", proof=flipped)
        dropped = true[:at] + true[at + 1 :]
        yield change(f"hash {at} is missing", "proof-too-short", proof=dropped)
        short = [*true[:at], true[at][:-1], *true[at + 1 :]]
        yield change(f"hash {at} has 31 bytes", "hash-length", proof=short)
    for at in range(5):
        added = [*true[:at], zero, *true[at:]]
        yield change(f"a hash of zeros comes before hash {at}", "proof-too-long", proof=added)
    yield change("the last hash comes twice", "proof-too-long", proof=[*true, true[-1]])
    yield change("the root follows", "proof-too-long", proof=[*true, golden.mth(0, 15)])
    yield change("a hash has 33 bytes", "hash-length", proof=[*true[:3], true[3] + b"\0"])
    yield change("a hash is empty", "hash-length", proof=[*true[:3], b""])
    yield change("two hashes are swapped", "root", proof=[true[1], true[0], *true[2:]])
    yield change("the proof is in reverse", "root", proof=true[::-1])
    yield change("the proof is empty", "proof-too-short", proof=[])
    yield change("it is leaf 5's proof", "root", proof=golden.path(5, 15))
    yield change("it is the proof in 14 leaves", "root", proof=golden.path(4, 14))
    yield change("it is said to be leaf 5", "root", index=5)
    yield change("it is said to be leaf 12", "root", index=12)
    yield change("it is said to be leaf 14", "proof-too-long", index=14)
    yield change("it is said to be leaf 15", "index", index=15)
    yield change("it is said to be leaf -1", "index", index=-1)
    yield change("the size is said to be 17", "proof-too-short", size=17)
    yield change("the size is said to be 8", "proof-too-long", size=8)
    yield change("the size is said to be 5", "proof-too-long", size=5)
    yield change("the size is said to be 4", "index", size=4)
    yield change("the size is said to be 0", "index", size=0)
    yield change("the size is above 2^63", "index", size=SIZE_MAX + 1)
    yield change("one bit of the leaf is flipped", "root", leaf=_flip(leaf(b"five"), 255))
    yield change("the leaf has 31 bytes", "hash-length", leaf=leaf(b"five")[1:])
    yield change("the leaf is the data", "hash-length", leaf=b"five")
    yield change("the data is hashed without 0x00", "root", leaf=sha256(b"five").digest())
    yield change("one bit of the root is flipped", "root", root=_flip(golden.mth(0, 15), 100))
    yield change("the root is that of 14", "root", root=golden.mth(0, 14))
    yield change("the root is empty", "hash-length", root=b"")
    yield _inclusion(
        OWN,
        "leaf 2 of 3 in a tree that doubles its last node instead of promoting it",
        golden,
        2,
        3,
        proof=[leaf(b"three"), golden.mth(0, 2)],
        root=node(golden.mth(0, 2), node(leaf(b"three"), leaf(b"three"))),
        expected="proof-too-long",
    )
    yield _inclusion(
        OWN, "the only leaf, with a hash", golden, 0, 1, proof=[zero], expected="proof-too-long"
    )
    yield _inclusion(
        OWN,
        "a leaf in the empty tree",
        golden,
        0,
        1,
        size=0,
        root=sha256(b"").digest(),
        expected="index",
    )


def _consistency(
    origin: str, description: str, tree: Reference, old_size: int, new_size: int, /, **changes: Any
) -> Case:
    """Describe the true proof between two sizes, with ``changes`` made and ``expected`` of it."""
    case: Case = {
        "origin": origin,
        "description": description,
        "old_size": old_size,
        "new_size": new_size,
        "proof": tree.proof(old_size, new_size) if old_size else [],
        "old_root": tree.mth(0, old_size),
        "new_root": tree.mth(0, new_size),
        "expected": "valid",
    } | changes
    case["proof"] = [value.hex() for value in case["proof"]]
    return case | {name: case[name].hex() for name in ("old_root", "new_root")}


def _true_consistencies() -> Iterator[Case]:
    golden = _tree(WORDS)
    if golden.proof(7, 15) != [b64decode(text) for text in GOLDEN_CONSISTENCY_7]:
        raise ValueError("golden consistency proof")
    yield _consistency(GOLDEN, "7 to 15", golden, 7, 15)
    for old_size, new_size, about in (
        (1, 2, "the least there is"),
        (1, 15, "from one leaf"),
        (6, 8, "from an incomplete tree to a complete one"),
        (8, 15, "from a complete tree: its root is not in the proof"),
        (14, 15, "by one leaf"),
        (15, 15, "equal sizes: no hash at all"),
    ):
        yield _consistency(OWN, f"{old_size} to {new_size}: {about}", golden, old_size, new_size)
    for old_size, new_size in (
        (1, SIZE_MAX),
        (2**62, SIZE_MAX),
        (SIZE_MAX - 1, SIZE_MAX),
        (2**62 + 1, SIZE_MAX - 1),
        (2**53 + 1, 2**53 + 2),
        (SIZE_MAX, SIZE_MAX),
    ):
        tree = Reference({old_size - 1: b"last", new_size - 1: b"far"})
        about = f"{old_size} to {new_size}, nearly all leaves empty"
        yield _consistency(OWN, about, tree, old_size, new_size)


def _false_consistencies() -> Iterator[Case]:
    golden = _tree(WORDS)
    true = golden.proof(7, 15)
    zero = bytes(32)

    def change(description: str, expected: str, **changes: Any) -> Case:
        about = f"7 to 15, but {description}"
        return _consistency(GOLDEN, about, golden, 7, 15, expected=expected, **changes)

    # Hashes 1 and 4 belong to the new tree alone, the others to both.
    reasons = ("old-root", "new-root", "old-root", "old-root", "new-root")
    for at, reason in enumerate(reasons):
        flipped = [*true[:at], _flip(true[at], 50 * at), *true[at + 1 :]]
        yield change(f"one bit of hash {at} is flipped", reason, proof=flipped)
        dropped = true[:at] + true[at + 1 :]
        yield change(f"hash {at} is missing", "proof-too-short", proof=dropped)
    for at in range(6):
        added = [*true[:at], zero, *true[at:]]
        yield change(f"a hash of zeros comes before hash {at}", "proof-too-long", proof=added)
    yield change("the proof is empty", "proof-too-short", proof=[])
    yield change("two hashes are swapped", "old-root", proof=[true[1], true[0], *true[2:]])
    yield change("the proof is in reverse", "old-root", proof=true[::-1])
    yield change("a hash has 31 bytes", "hash-length", proof=[true[0][:31], *true[1:]])
    yield change("it is the proof from 5", "old-root", proof=golden.proof(5, 15))
    yield change("the old size is said to be 5", "old-root", old_size=5)
    yield change("the old size is said to be 8", "proof-too-long", old_size=8)
    yield change("the new size is said to be 17", "proof-too-short", new_size=17)
    yield change("the new size is said to be 8", "proof-too-long", new_size=8)
    yield change("the sizes are swapped", "sizes", old_size=15, new_size=7)
    yield change("the new size is above 2^63", "sizes", new_size=SIZE_MAX + 1)
    yield change("the old size is negative", "sizes", old_size=-7)
    old_root, new_root = golden.mth(0, 7), golden.mth(0, 15)
    yield change("one bit of the old root is flipped", "old-root", old_root=_flip(old_root))
    yield change("one bit of the new root is flipped", "new-root", new_root=_flip(new_root))
    yield change("the roots are swapped", "old-root", old_root=new_root, new_root=old_root)
    yield change("the old root has 31 bytes", "hash-length", old_root=old_root[:31])
    forked = _tree([*WORDS[:6], "another", *WORDS[7:]])
    yield change("the new tree has another leaf 6", "old-root", proof=forked.proof(7, 15))
    yield change("the new root is of a fork", "new-root", new_root=forked.mth(0, 15))


def _false_border_consistencies() -> Iterator[Case]:
    golden = _tree(WORDS)
    root_8, root_15 = golden.mth(0, 8), golden.mth(0, 15)
    for description, old_size, new_size, expected, changes in (
        ("nothing is proved of an empty tree", 0, 15, "sizes", {}),
        ("nor of an empty one to itself", 0, 0, "sizes", {}),
        ("8 to 15 with the old root before it", 8, 15, "proof-too-long",
         {"proof": [root_8, *golden.proof(8, 15)]}),
        ("8 to 15 with another old root", 8, 15, "new-root", {"old_root": _flip(root_8)}),
        ("8 to 15 with no hash", 8, 15, "proof-too-short", {"proof": []}),
        ("8 to 15 with no hash and the old root as the new", 8, 15, "proof-too-short",
         {"proof": [], "new_root": root_8}),
        ("equal sizes with a hash", 15, 15, "proof-too-long", {"proof": [root_15]}),
        ("equal sizes with two roots", 15, 15, "new-root", {"old_root": _flip(root_15)}),
    ):  # fmt: skip
        yield _consistency(
            OWN, description, golden, old_size, new_size, expected=expected, **changes
        )


def merkle() -> dict[str, list[Case]]:
    """Return the cases of ``merkle.json``."""
    return {
        "roots": [*_root_cases()],
        "inclusion": [*_true_inclusions(), *_false_inclusions()],
        "consistency": [
            *_true_consistencies(),
            *_false_consistencies(),
            *_false_border_consistencies(),
        ],
    }

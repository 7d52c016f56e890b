import gzip
import random

import pytest

from extractor.errors import SourceError
from extractor.sources.unpacking import BLOCK, Unpacked, zstd

TEXT = random.Random(5).randbytes(3 * BLOCK)
MEBIBYTE = 1 << 20


def unpacked(data, size=1000):
    return b"".join(Unpacked(data[at : at + size] for at in range(0, len(data), size)))


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress], ids=["gzip", "zstd"])
@pytest.mark.parametrize("size", [1 << 18, 1000, 7])
def test_what_is_packed_is_unpacked_however_its_blocks_fall(pack, size):
    text = TEXT[: 100 * size]

    assert unpacked(pack(text), size) == text


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress], ids=["gzip", "zstd"])
def test_packed_files_that_follow_each_other_are_one(pack):
    assert unpacked(pack(b"reeds ") + pack(b"") + pack(b"and wind")) == b"reeds and wind"


def test_what_is_not_packed_stays_as_it_is():
    assert unpacked(TEXT) == TEXT
    assert not Unpacked([b"reeds"]).is_packed


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress], ids=["gzip", "zstd"])
@pytest.mark.parametrize(
    "break_", [lambda data: data[:-2000], lambda data: data + b"reeds"], ids=["cut", "more"]
)
def test_of_what_is_broken_the_whole_blocks_before_come_first(pack, break_):
    blocks = iter(Unpacked([break_(pack(TEXT))]))
    begun = next(blocks)

    with pytest.raises(SourceError, match="unpacked"):
        list(blocks)

    assert begun == TEXT[: len(begun)] != b""


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress], ids=["gzip", "zstd"])
def test_what_unpacks_to_very_much_is_given_up_in_small_blocks(pack):
    bomb = Unpacked([pack(bytes(200 * MEBIBYTE))])
    sizes: list[int] = []

    with pytest.raises(SourceError, match="unpacks to more than 200 times its size without a paper"):
        sizes.extend(map(len, bomb))

    assert max(sizes) <= BLOCK
    assert sum(sizes) <= 65 * MEBIBYTE


def test_what_unpacks_to_very_much_is_read_on_where_there_are_papers():
    packed = Unpacked([gzip.compress(bytes(100 * MEBIBYTE))])
    size = 0

    for block in packed:
        size += len(block)
        packed.barren = 0

    assert size == 100 * MEBIBYTE


def test_a_window_beyond_128_mebibytes_is_refused():
    parameter = zstd.CompressionParameter
    options: dict[int, int] = {parameter.window_log: 28, parameter.content_size_flag: 0}
    packer = zstd.ZstdCompressor(options=options)
    packed = packer.compress(b"reeds") + packer.flush()

    with pytest.raises(SourceError, match="cannot be unpacked further"):
        unpacked(packed)

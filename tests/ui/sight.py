"""Contrast as WCAG 2 defines it, and distances in OKLab for four kinds of sight.

Colour blindness: Machado, Oliveira & Fernandes (2009), severity 1, applied to linear light.
"""

from itertools import combinations

import numpy as np

SIGHTS = {
    "normal": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TO_CONES = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]]
)  # fmt: skip
TO_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]]
)  # fmt: skip


def linear(colour: str) -> np.ndarray:
    """A colour such as #2b62cd in linear light."""
    values = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21."""
    dark, light = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def least_distance(colours: list[str]) -> float:
    """How far the two closest colours are apart for the eye that tells them apart worst."""
    distances = []
    for matrix in SIGHTS.values():
        seen = [oklab(np.clip(matrix @ linear(colour), 0, 1)) for colour in colours]
        distances += [float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2)]
    return min(distances)


def oklab(light: np.ndarray) -> np.ndarray:
    """Linear light in OKLab (Ottosson 2020)."""
    return TO_LAB @ np.cbrt(TO_CONES @ light)

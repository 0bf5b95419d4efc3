"""Drawings that carry the report: functions from a scene to an SVG text, found by name."""

from __future__ import annotations

from figures.artworks.ahead import districts, hills
from figures.artworks.chapters import commitment, contents, plan
from figures.artworks.covers import back, cover
from figures.artworks.day import branches, horizons, leaves, rings
from figures.artworks.night import beacon, ripples, threads
from figures.artworks.pillars import breath, circle, lattice, steps, waves
from report.look import Artwork

ARTWORKS: dict[str, Artwork] = {
    "back": back,
    "beacon": beacon,
    "branches": branches,
    "breath": breath,
    "circle": circle,
    "commitment": commitment,
    "contents": contents,
    "cover": cover,
    "districts": districts,
    "hills": hills,
    "horizons": horizons,
    "lattice": lattice,
    "leaves": leaves,
    "plan": plan,
    "rings": rings,
    "ripples": ripples,
    "steps": steps,
    "threads": threads,
    "waves": waves,
}

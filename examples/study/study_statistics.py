# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Statistics of few runs, as R. Agarwal et al., "Deep Reinforcement Learning at the Edge of the
Statistical Precipice", 2021, has them; and the episode of convergence, where runs that never
converge are censored instead of left out."""

import numpy as np

DRAWS = 20000  # of a bootstrap
LEVEL = 95  # of intervals, %


def interquartile_mean(scores):
    """Mean of the middle half of the values, along the last axis. Where a quarter is no whole
    number of values, those at its edge count in part."""
    ordered = np.sort(scores, axis=-1)
    n = ordered.shape[-1]
    weights = np.clip(np.minimum(np.arange(1, n + 1) - n / 4, 3 * n / 4 - np.arange(n)), 0, 1)
    return ordered @ (weights / weights.sum())


def _resample(scores, random, draws):
    """Runs drawn with replacement, within each task. scores: tasks x runs -> draws x (all)."""
    tasks, runs = scores.shape
    index = random.integers(0, runs, size=(draws, tasks, runs))
    return scores[np.arange(tasks)[None, :, None], index].reshape(draws, tasks * runs)


def interval(values):
    """Percentile interval of a bootstrap's values."""
    return tuple(np.percentile(values, [(100 - LEVEL) / 2, (100 + LEVEL) / 2]))


def iqm_with_interval(scores, seed=1):
    """IQM over all runs of all tasks, and its stratified bootstrap interval.
    scores: tasks x runs, or runs."""
    scores = np.atleast_2d(scores)
    random = np.random.default_rng(seed)
    return (
        float(interquartile_mean(scores.reshape(-1))),
        interval(interquartile_mean(_resample(scores, random, DRAWS))),
    )


def difference_with_interval(first, second, seed=1):
    """IQM of first less IQM of second; runs of one seed share their draws, so seeds are drawn in
    pairs. first, second: tasks x runs of the same shape."""
    first, second = np.atleast_2d(first), np.atleast_2d(second)
    tasks, runs = first.shape
    random = np.random.default_rng(seed)
    index = random.integers(0, runs, size=(DRAWS, tasks, runs))
    rows = np.arange(tasks)[None, :, None]
    drawn = interquartile_mean(first[rows, index].reshape(DRAWS, -1)) - interquartile_mean(
        second[rows, index].reshape(DRAWS, -1)
    )
    value = interquartile_mean(first.reshape(-1)) - interquartile_mean(second.reshape(-1))
    return float(value), interval(drawn)


def probability_of_improvement(first, second, seed=1, draws=2000):
    """Probability that a run of first is better than one of second (Mann and Whitney's U over the
    number of pairs, ties count half), averaged over tasks, with its interval."""
    first, second = np.atleast_2d(first), np.atleast_2d(second)

    def mean_of(a, b):
        better = (a[..., :, None] > b[..., None, :]) + 0.5 * (a[..., :, None] == b[..., None, :])
        return better.mean(axis=(-1, -2)).mean(axis=-1)

    random = np.random.default_rng(seed)
    drawn = []
    for _ in range(draws):
        rows = np.arange(first.shape[0])[:, None]
        a = first[rows, random.integers(0, first.shape[1], size=first.shape)]
        b = second[rows, random.integers(0, second.shape[1], size=second.shape)]
        drawn.append(mean_of(a, b))
    return float(mean_of(first, second)), interval(drawn)


def convergence_episode(episodes, rewards, reference, window=5, enough=0.95, least=0.90):
    """First evaluation from which on the mean of `window` evaluations reaches `enough` of a common
    reference and no later evaluation falls below `least` of it; None when there is none. The last
    evaluations, behind which no whole window fits, cannot converge: the run is censored there."""
    rewards = np.asarray(rewards)
    for i in range(len(rewards) - window + 1):
        if rewards[i : i + window].mean() >= enough * reference and np.all(
            rewards[i:] >= least * reference
        ):
            return episodes[i]
    return None


def restricted_mean(times, end):
    """Mean time to convergence up to `end`, where runs that never converge count `end`: the area
    under Kaplan and Meier's curve, since all are censored at the same time."""
    return np.array([end if time is None else time for time in times], dtype=float)

/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

/*
 * Speed of associations and shares: ./llm-mec bench. A slot has M devices and E servers.
 */

#include "association-instances.h"

#include "ns3/association-bound.h"
#include "ns3/association-search.h"

#include <benchmark/benchmark.h>

using namespace ns3::llmmec;

namespace
{

/// @param state benchmark; ranges: M, E, bits of a draft @return the slot
AssociationProblem
MakeSlot(const benchmark::State& state)
{
    AssociationInstance settings;
    settings.devices = state.range(0);
    settings.servers = state.range(1);
    settings.bitsPerDraft = static_cast<double>(state.range(2));
    return MakeAssociationProblem(settings);
}

/// All of a slot: tables, moves and swaps from both starts, optimal shares.
/// @param state benchmark; ranges: M, E, bits of a draft @param objective which
void
MoveSwapSlot(benchmark::State& state, AssociationObjective objective)
{
    const AssociationProblem problem = MakeSlot(state);
    for (auto _ : state)
    {
        const auto cost = MakeAssociationCost(problem, objective, OPTIMAL_SHARES);
        const AssociationSearchResult found = MoveAndSwap(*cost);
        benchmark::DoNotOptimize(
            DivideServers(problem, objective, OPTIMAL_SHARES, found.server).bandwidthShare[0]);
    }
}

/// Shares of a slot whose devices each take the server of the highest gain. @param state benchmark;
/// ranges: M, E, bits of a draft @param objective which @param rule how servers are divided
void
Shares(benchmark::State& state, AssociationObjective objective, AssociationShareRule rule)
{
    const AssociationProblem problem = MakeSlot(state);
    const std::vector<int> server = AssociateByGain(problem);
    for (auto _ : state)
    {
        benchmark::DoNotOptimize(DivideServers(problem, objective, rule, server).bandwidthShare[0]);
    }
}

/// The bound of P1. @param state benchmark; ranges: M, E, bits of a draft
void
Bound(benchmark::State& state)
{
    const AssociationProblem problem = MakeSlot(state);
    const AssociationPaperCost cost(problem);
    const std::vector<int> server = MoveAndSwap(cost).server;
    for (auto _ : state)
    {
        benchmark::DoNotOptimize(BoundPaperObjective(cost, server));
    }
}

/// @param benchmark to give the slots to
void
AddSlots(benchmark::internal::Benchmark* benchmark)
{
    constexpr int64_t ids = 16;
    constexpr int64_t top64 = 2048;
    constexpr int64_t distribution = 804112;
    benchmark->ArgNames({"devices", "servers", "bits"})
        ->Args({30, 4, ids})
        ->Args({180, 4, ids})
        ->Args({180, 20, ids})
        ->Args({180, 20, top64})
        ->Args({180, 20, distribution})
        ->Unit(benchmark::kMillisecond);
}

} // namespace

BENCHMARK_CAPTURE(MoveSwapSlot, Paper, PAPER_OBJECTIVE)->Apply(AddSlots);
BENCHMARK_CAPTURE(MoveSwapSlot, Speculative, SPECULATIVE_OBJECTIVE)->Apply(AddSlots);
BENCHMARK_CAPTURE(Shares, Paper, PAPER_OBJECTIVE, OPTIMAL_SHARES)->Apply(AddSlots);
BENCHMARK_CAPTURE(Shares, Speculative, SPECULATIVE_OBJECTIVE, OPTIMAL_SHARES)->Apply(AddSlots);
BENCHMARK_CAPTURE(Shares, FullBand, PAPER_OBJECTIVE, FULL_BAND_SHARES)->Apply(AddSlots);
BENCHMARK(Bound)->Apply(AddSlots);

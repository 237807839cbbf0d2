/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

/*
 * Speed of the simulation and of its parts: ./llm-mec bench
 *
 * An MLU-slot is one task of one MLU from draw to reward, through fading, uplink, server and
 * controller. Building nodes is not timed. The anchor is PureEdgeSim's README: 1.13 million tasks
 * of 10,000 devices in 58 s, without a radio.
 */

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/llm-mec-helper.h"
#include "ns3/offload-optimum.h"
#include "ns3/offload-problem.h"
#include "ns3/rician-propagation-loss-model.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <benchmark/benchmark.h>
#include <sys/resource.h>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

/// @return largest resident memory of the process so far, MiB
double
GetPeakMib()
{
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    constexpr double kibInMib = 1024;
    return static_cast<double>(usage.ru_maxrss) / kibInMib;
}

/// Run cells and time the simulation alone. @param state benchmark @param mlus K a cell
/// @param cells number of cells @param slots number of slots @param interference Slot or Active
/// @param discipline the server's
void
RunCells(benchmark::State& state,
         uint32_t mlus,
         uint32_t cells,
         uint64_t slots,
         const std::string& interference = "Slot",
         const std::string& discipline = "DedicatedServer")
{
    for (auto _ : state)
    {
        state.PauseTiming();
        LlmMecHelper mec;
        mec.SetStream(0);
        mec.SetPolicy("fixed");
        mec.SetUplinkAttribute("Interference", StringValue(interference));
        mec.SetServerDiscipline(ObjectFactory("ns3::llmmec::" + discipline + "Discipline"));
        mec.SetControllerAttribute("Slots", UintegerValue(slots));
        std::vector<LlmMecCell> built;
        for (uint32_t c = 0; c < cells; ++c)
        {
            built.push_back(mec.InstallCell(mlus));
        }
        Simulator::Stop(Seconds(0)); // start the applications
        Simulator::Run();
        state.ResumeTiming();
        Simulator::Run();
        state.PauseTiming();
        built.clear();
        Simulator::Destroy();
        state.ResumeTiming();
    }
    const double mluSlots = static_cast<double>(mlus) * cells * static_cast<double>(slots);
    state.counters["MLU-slots/s"] =
        benchmark::Counter(mluSlots * static_cast<double>(state.iterations()),
                           benchmark::Counter::kIsRate);
    state.counters["peakMiB"] = GetPeakMib();
}

/// The fluid uplink, tracing off, by number of MLUs in one cell or in cells of 100.
/// @param state benchmark; ranges: MLUs a cell, cells, slots
void
FluidSlots(benchmark::State& state)
{
    RunCells(state,
             static_cast<uint32_t>(state.range(0)),
             static_cast<uint32_t>(state.range(1)),
             static_cast<uint64_t>(state.range(2)));
}

/// The same with interference only while a device sends. @param state benchmark; ranges as above
void
FluidSlotsActive(benchmark::State& state)
{
    RunCells(state,
             static_cast<uint32_t>(state.range(0)),
             static_cast<uint32_t>(state.range(1)),
             static_cast<uint64_t>(state.range(2)),
             "Active");
}

/// The same with a server that shares. @param state benchmark; ranges as above
void
FluidSlotsProcessorSharing(benchmark::State& state)
{
    RunCells(state,
             static_cast<uint32_t>(state.range(0)),
             static_cast<uint32_t>(state.range(1)),
             static_cast<uint64_t>(state.range(2)),
             "Slot",
             "ProcessorSharing");
}

/// One slot in the paper's setting.
struct Slot
{
    OffloadProblem problem; ///< what holds for all slots
    SlotTasks tasks;        ///< tasks
    Eigen::ArrayXd gain;    ///< linear gains
};

/// @param n K @param isBinding whether the limits of accuracy and hallucination bind
/// @return a slot
Slot
MakeSlot(Eigen::Index n, bool isBinding)
{
    const auto all = [n](double value) { return Eigen::ArrayXd::Constant(n, value).eval(); };
    Slot slot;
    slot.problem.localHz = all(2e9);
    slot.problem.localEnergyCoefficient = all(1e-28);
    slot.problem.maxPowerW = all(2);
    slot.problem.energyBudgetJ = all(2);
    slot.problem.mecHz = 10e9;
    slot.problem.bandwidthHz = 10e6;
    slot.problem.noiseW = 4e-14;
    slot.problem.minAccuracy = 0.6;
    slot.problem.maxHallucination = 0.78;
    const double accuracy = isBinding ? 0.3635 : 0.5905; // Qwen3 or Llama
    const double hallucination = isBinding ? 0.97 : 0.65;
    slot.tasks = {all(1e6), all(900), all(accuracy), all(hallucination), all(0.7), all(0.77)};
    slot.gain = Eigen::ArrayXd::LinSpaced(n, 1e-6, 5e-6);
    return slot;
}

/// The equations alone. @param state benchmark; range: K
void
Equations(benchmark::State& state)
{
    const Eigen::Index n = state.range(0);
    const Slot slot = MakeSlot(n, false);
    const SlotDecision decision{Eigen::ArrayXd::Constant(n, 0.5), slot.problem.maxPowerW};
    for (auto _ : state)
    {
        benchmark::DoNotOptimize(
            EvaluateSlot(slot.problem, slot.tasks, slot.gain, decision).reward);
    }
    state.counters["MLU-slots/s"] =
        benchmark::Counter(static_cast<double>(n) * static_cast<double>(state.iterations()),
                           benchmark::Counter::kIsRate);
}

/// The optimum of a slot. @param state benchmark; ranges: K, 0 slack or 1 binding limits
void
Optimum(benchmark::State& state)
{
    const Slot slot = MakeSlot(state.range(0), state.range(1) == 1);
    for (auto _ : state)
    {
        benchmark::DoNotOptimize(OptimalDecision(slot.problem, slot.tasks, slot.gain));
    }
}

} // namespace

BENCHMARK(FluidSlots)
    ->ArgNames({"mlus", "cells", "slots"})
    ->Args({10, 1, 10000})
    ->Args({100, 1, 1000})
    ->Args({100, 10, 300})
    ->Args({100, 100, 100})
    ->Args({100, 100, 1000})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(FluidSlotsActive)
    ->ArgNames({"mlus", "cells", "slots"})
    ->Args({10, 1, 10000})
    ->Args({100, 1, 1000})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(FluidSlotsProcessorSharing)
    ->ArgNames({"mlus", "cells", "slots"})
    ->Args({10, 1, 10000})
    ->Args({100, 1, 1000})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(Equations)->ArgName("mlus")->Arg(2)->Arg(10)->Arg(100);
BENCHMARK(Optimum)
    ->ArgNames({"mlus", "binding"})
    ->ArgsProduct({{2, 5, 10}, {0, 1}})
    ->Unit(benchmark::kMicrosecond);

BENCHMARK_MAIN();

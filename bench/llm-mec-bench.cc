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

#include "agents/policy-network.h"
#include "offload-scenarios.h"

#include "ns3/llm-mec-helper.h"
#include "ns3/offload-optimum.h"
#include "ns3/offload-problem.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/trained-offload-policy.h"
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

/// The fluid uplink, tracing off; only the simulation is timed. @param state benchmark; ranges:
/// MLUs a cell, cells, slots @param interference Slot or Active @param discipline the server's
void
FluidSlots(benchmark::State& state, const std::string& interference, const std::string& discipline)
{
    const auto mlus = static_cast<uint32_t>(state.range(0));
    const auto cells = static_cast<uint32_t>(state.range(1));
    const auto slots = static_cast<uint64_t>(state.range(2));
    for (auto _ : state)
    {
        state.PauseTiming();
        LlmMecHelper mec;
        mec.SetStream(0);
        mec.SetPolicy("fixed");
        mec.SetLink("ns3::llmmec::MecUplinkChannel", "Interference", StringValue(interference));
        mec.SetServerDiscipline("ns3::llmmec::" + discipline + "Discipline");
        mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(slots));
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

/// @param n K @param isBinding whether the limits of accuracy and hallucination bind
/// @return a slot in the paper's setting
OffloadScenario
MakeSlot(Eigen::Index n, bool isBinding)
{
    OffloadScenario slot = MakePaperScenario(n, 1e6);
    slot.gain = Eigen::ArrayXd::LinSpaced(n, 1e-6, 5e-6);
    if (isBinding) // Qwen3 instead of Llama
    {
        slot.tasks.localAccuracy.setConstant(0.3635);
        slot.tasks.localHallucination.setConstant(0.97);
    }
    return slot;
}

/// The equations alone. @param state benchmark; range: K
void
Equations(benchmark::State& state)
{
    const Eigen::Index n = state.range(0);
    const OffloadScenario slot = MakeSlot(n, false);
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

/// One decision of a trained policy with two hidden layers of 256. @param state benchmark; range: K
void
TrainedDecision(benchmark::State& state)
{
    const OffloadScenario slot = MakeSlot(state.range(0), false);
    OffloadStateLayout layout;
    layout.Describe(slot.problem);
    std::vector<agents::DenseLayer> layers;
    Eigen::Index inputs = layout.GetObservations();
    for (const Eigen::Index units : {Eigen::Index{256}, Eigen::Index{256}, layout.GetActions()})
    {
        layers.push_back({Eigen::MatrixXf::Random(units, inputs), Eigen::VectorXf::Random(units)});
        inputs = units;
    }
    auto policy = CreateObject<TrainedOffloadPolicy>();
    policy->SetTrained(std::make_shared<const agents::PolicyNetwork>(layers,
                                                                     agents::Activation::RELU,
                                                                     layout.GetActions()),
                       layout,
                       "random weights");
    policy->Begin(slot.problem);
    SlotObservation observation;
    observation.tasks = slot.tasks;
    observation.gain = slot.gain;
    for (auto _ : state)
    {
        benchmark::DoNotOptimize(policy->Decide(observation).powerW[0]);
    }
}

/// The optimum of a slot. @param state benchmark; ranges: K, 0 slack or 1 binding limits
void
Optimum(benchmark::State& state)
{
    const OffloadScenario slot = MakeSlot(state.range(0), state.range(1) == 1);
    for (auto _ : state)
    {
        benchmark::DoNotOptimize(OptimalDecision(slot.problem, slot.tasks, slot.gain));
    }
}

} // namespace

BENCHMARK_CAPTURE(FluidSlots, Paper, "Slot", "DedicatedServer")
    ->ArgNames({"mlus", "cells", "slots"})
    ->Args({10, 1, 10000})
    ->Args({100, 1, 1000})
    ->Args({100, 10, 300})
    ->Args({100, 100, 100})
    ->Args({100, 100, 1000})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(FluidSlots, Active, "Active", "DedicatedServer")
    ->ArgNames({"mlus", "cells", "slots"})
    ->Args({10, 1, 10000})
    ->Args({100, 1, 1000})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(FluidSlots, ProcessorSharing, "Slot", "ProcessorSharing")
    ->ArgNames({"mlus", "cells", "slots"})
    ->Args({10, 1, 10000})
    ->Args({100, 1, 1000})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(Equations)->ArgName("mlus")->Arg(2)->Arg(10)->Arg(100);
BENCHMARK(TrainedDecision)->ArgName("mlus")->Arg(2)->Arg(5)->Arg(10)->Unit(benchmark::kMicrosecond);
BENCHMARK(Optimum)
    ->ArgNames({"mlus", "binding"})
    ->ArgsProduct({{2, 5, 10}, {0, 1}})
    ->Unit(benchmark::kMicrosecond);

BENCHMARK_MAIN();

/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

/*
 * Speed of the learners: ./llm-mec bench
 *
 * What is timed are whole episodes, exploring and all gradient steps, of networks of 2 x 256 units
 * at the sizes of K MLUs. The rewards are a formula, so that no simulation is timed. "floor" is
 * the rate at which the large matrix products of the gradient steps alone could be done, and
 * "ofFloor" the share of it that is reached.
 */

#include "agents/cpu-setup.h"
#include "agents/make-agent.h"
#include "base/random-stream.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <algorithm>
#include <benchmark/benchmark.h>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <unistd.h>
#include <vector>

using namespace agents;
using nlohmann::json;

namespace
{

constexpr int SLOTS = 100; //!< of an episode

/// @param mlus K @return the sizes of the state (46) and the action (45)
AgentShape
GetShape(Eigen::Index mlus)
{
    return {7 * mlus, 2 * mlus, 2 * mlus};
}

/// An episode. @param agent learns @param shape sizes @param cells streams @param slots of each
/// @param random source
void
RunEpisode(Agent& agent,
           const AgentShape& shape,
           uint32_t cells,
           int slots,
           base::RandomStream& random)
{
    Eigen::VectorXf observation(shape.observations);
    Eigen::VectorXf action(shape.actions);
    for (int slot = 0; slot < slots; ++slot)
    {
        for (uint32_t cell = 0; cell < cells; ++cell)
        {
            random.FillNormal(observation.data(), observation.size());
            const uint64_t step = agent.Explore(cell, observation, action);
            agent.Reward(step, -(action.array() - 0.5f * observation[0]).square().sum());
        }
    }
    agent.EndEpisode();
}

/// Matrix products of one size, as one gradient step does them.
struct Products
{
    int64_t rows;    ///< B
    int64_t inputs;  ///< of a layer
    int64_t outputs; ///< of a layer
    int64_t members; ///< of an ensemble
    int64_t count;   ///< how often
};

/// The products of a perceptron of two hidden layers. @param rows B @param inputs features
/// @param units of a hidden layer @param outputs numbers @param members of an ensemble
/// @param isLearned whether weights have gradients @param inputsLearned whether inputs have
/// @param[in,out] all gets them
void
AddNetwork(int64_t rows,
           int64_t inputs,
           int64_t units,
           int64_t outputs,
           int64_t members,
           bool isLearned,
           bool inputsLearned,
           std::vector<Products>& all)
{
    const int64_t each = isLearned ? 2 : 1;
    all.push_back({rows, inputs, units, members, each + (inputsLearned ? 1 : 0)});
    const int64_t behind = isLearned || inputsLearned ? 1 : 0;
    all.push_back({rows, units, units, members, each + behind});
    all.push_back({rows, units, outputs, members, each + behind});
}

/// Processor time, which neighbours on the machine disturb less than the clock on the wall.
/// @return seconds of this process so far
double
GetCpuS()
{
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

/// @param all products of a gradient step @return seconds that they take
double
MeasureProducts(const std::vector<Products>& all)
{
    const at::NoGradGuard noGradient;
    double sum = 0;
    for (const Products& each : all)
    {
        const at::Tensor x = at::randn({each.members, each.rows, each.inputs});
        const at::Tensor w = at::randn({each.members, each.inputs, each.outputs});
        at::Tensor y = at::empty({each.members, each.rows, each.outputs});
        const int64_t repeats =
            std::max<int64_t>(3, 100000000 / (each.rows * each.inputs * each.outputs));
        double best = 1e9;
        for (int trial = 0; trial < 3; ++trial)
        {
            const double begin = GetCpuS();
            for (int64_t i = 0; i < repeats; ++i)
            {
                at::bmm_out(y, x, w);
            }
            best = std::min(best, (GetCpuS() - begin) / static_cast<double>(repeats));
        }
        sum += best * static_cast<double>(each.count);
    }
    return sum;
}

/// Report a rate and the one that matrix products alone allow. @param state benchmark
/// @param name of the rate @param rate things a second @param floorS seconds that the products of
/// one thing take
void
Report(benchmark::State& state, const std::string& name, double rate, double floorS)
{
    state.counters[name] = rate;
    state.counters["floor"] = 1 / floorS;
    state.counters["ofFloor"] = rate * floorS;
}

/// What World-Model-PPO adds to PPO's products. @param settings its @param shape sizes
/// @param steps gradient steps of the actor in an iteration
/// @return seconds of an iteration
double
MeasureWorldModel(const json& settings, const AgentShape& shape, double steps)
{
    const auto get = [&](const char* name) { return settings[name].get<int64_t>(); };
    const bool isFactored = settings["model"] == "factored";
    const int64_t horizon = settings["gamma"].get<double>() > 0 ? get("horizon") : 1;
    const int64_t memory = get("memoryUnits");
    const int64_t units = get("modelUnits");
    const int64_t imagined = get("imaginationBatch");
    const int64_t sequences = get("modelSequences");
    const int64_t slots = get("modelSequenceSlots");
    const int64_t inputs = memory + shape.observations + shape.actions;
    std::vector<Products> imagination;
    std::vector<Products> learning;
    for (int64_t h = 0; h < horizon; ++h)
    {
        AddNetwork(imagined,
                   shape.observations,
                   256,
                   2 * shape.actions,
                   1,
                   true,
                   false,
                   imagination);
        if (isFactored)
        {
            AddNetwork(imagined, inputs, units, 1, get("ensemble"), false, true, imagination);
        }
    }
    if (isFactored)
    {
        const int64_t rows = sequences * slots;
        AddNetwork(rows, inputs, units, 1, get("ensemble"), true, true, learning);
        const int64_t endogenous = shape.observations - shape.exogenous;
        AddNetwork(rows, inputs, units, endogenous, 1, true, true, learning);
        const int64_t seen = memory + shape.exogenous;
        AddNetwork(rows, seen, units, 2 * shape.exogenous, 1, true, true, learning);
    }
    else
    {
        // Forward, and backward to inputs and to weights.
        constexpr int64_t all = 3;
        const int64_t latent = get("latentUnits");
        learning.push_back({sequences, latent + shape.actions, 3 * memory, 1, all * slots});
        learning.push_back({sequences, memory, 3 * memory, 1, all * slots});
        learning.push_back({sequences, memory + shape.observations, units, 1, all * slots});
        learning.push_back({sequences, memory, units, 1, all * slots});
        learning.push_back({sequences, units, 2 * latent, 1, 2 * all * slots});
        learning.push_back({sequences * slots, memory + latent, units, 1, 3 * all});
    }
    return steps * MeasureProducts(imagination) +
           settings["modelUpdates"].get<double>() * MeasureProducts(learning);
}

/// On-policy learners. @param state benchmark; range: cells @param algorithm which
/// @param preset which @param epochs of an iteration, 0 for the preset's
void
OnPolicy(benchmark::State& state,
         const std::string& algorithm,
         const std::string& preset,
         int epochs = 0)
{
    const auto cells = static_cast<uint32_t>(state.range(0));
    const AgentShape shape = GetShape(2);
    json settings = GetSettings(algorithm, preset);
    if (epochs > 0)
    {
        settings["epochs"] = epochs;
    }
    const auto agent = MakeAgent(algorithm, settings, shape, 1);
    base::RandomStream random(1);
    RunEpisode(*agent, shape, cells, SLOTS, random);
    const double first = agent->GetMetrics().at("gradientSteps");
    RunEpisode(*agent, shape, cells, SLOTS, random);
    const double steps = agent->GetMetrics().at("gradientSteps") - first;
    const double begin = GetCpuS();
    for (auto _ : state)
    {
        RunEpisode(*agent, shape, cells, SLOTS, random);
    }
    const double spent = GetCpuS() - begin;
    const double slots = static_cast<double>(cells) * SLOTS;
    const int64_t rows = std::lround(slots * settings["epochs"].get<double>() / steps);
    std::vector<Products> all;
    AddNetwork(rows, shape.observations, 256, 2 * shape.actions, 1, true, false, all);
    AddNetwork(rows, shape.observations, 256, 1, 1, true, false, all);
    double floorS = steps * MeasureProducts(all);
    if (algorithm == "world-model-ppo")
    {
        floorS += MeasureWorldModel(settings, shape, steps);
    }
    Report(state,
           "slots/s",
           slots * static_cast<double>(state.iterations()) / spent,
           floorS / slots);
}

/// Replay learners. @param state benchmark @param algorithm which @param preset which
void
Replay(benchmark::State& state, const std::string& algorithm, const std::string& preset)
{
    const AgentShape shape = GetShape(2);
    const json settings = GetSettings(algorithm, preset);
    const auto agent = MakeAgent(algorithm, settings, shape, 1);
    base::RandomStream random(1);
    RunEpisode(*agent, shape, 1, 2 * SLOTS, random);
    const double before = agent->GetMetrics().at("gradientSteps");
    const double begin = GetCpuS();
    for (auto _ : state)
    {
        RunEpisode(*agent, shape, 1, SLOTS, random);
    }
    const double spent = GetCpuS() - begin;
    const double updates = agent->GetMetrics().at("gradientSteps") - before;
    const auto batch = settings["batch"].get<int64_t>();
    const int64_t critics = algorithm == "ddpg" ? 1 : 2;
    const int64_t inputs = shape.observations + shape.actions;
    const int64_t outputs = (algorithm == "sac" ? 2 : 1) * shape.actions;
    std::vector<Products> step;
    AddNetwork(batch, shape.observations, 256, outputs, 1, true, false, step);
    AddNetwork(batch, inputs, 256, 1, critics, false, true, step);
    const double actorS =
        MeasureProducts(step) / (algorithm == "td3" ? settings["policyDelay"].get<double>() : 1.0);
    step.clear();
    AddNetwork(batch, inputs, 256, 1, critics, true, false, step);
    if (settings["gamma"].get<double>() > 0)
    {
        AddNetwork(batch, shape.observations, 256, outputs, 1, false, false, step);
        AddNetwork(batch, inputs, 256, 1, critics, false, false, step);
    }
    Report(state, "updates/s", updates / spent, actorS + MeasureProducts(step));
}

/// A decision of a trained policy. @param state benchmark; range: K
void
Decision(benchmark::State& state)
{
    const AgentShape shape = GetShape(state.range(0));
    const auto agent = MakeAgent("ppo", GetSettings("ppo", "best"), shape, 1);
    const Policy& policy = agent->GetPolicy();
    base::RandomStream random(1);
    Eigen::VectorXf observation(shape.observations);
    Eigen::VectorXf action(shape.actions);
    random.FillNormal(observation.data(), observation.size());
    for (auto _ : state)
    {
        policy.Act(observation, action);
        benchmark::DoNotOptimize(action.data());
    }
}

/// A decision of a policy for any number of MLUs. @param state the benchmark @param pooling what it
/// knows of the others
void
SetDecision(benchmark::State& state, const std::string& pooling)
{
    AgentShape shape;
    shape.observations = 31;
    shape.features = 18;
    shape.actions = 2;
    shape.isSet = true;
    shape.hasOffsets = true;
    nlohmann::json settings = GetSettings("equivariant-ppo", "best");
    settings["pooling"] = pooling;
    const auto agent = MakeAgent("equivariant-ppo", settings, shape, 1);
    const Policy& policy = agent->GetPolicy();
    base::RandomStream random(1);
    Eigen::VectorXf observation(state.range(0) * shape.observations);
    Eigen::VectorXf action(state.range(0) * shape.actions);
    random.FillNormal(observation.data(), observation.size());
    for (auto _ : state)
    {
        policy.Act(observation, action);
        benchmark::DoNotOptimize(action.data());
    }
}

} // namespace

BENCHMARK_CAPTURE(OnPolicy, PpoPaper, "ppo", "paper")
    ->ArgName("cells")
    ->Arg(1)
    ->Arg(8)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(OnPolicy, PpoBest, "ppo", "best")
    ->ArgName("cells")
    ->Arg(1)
    ->Arg(8)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(OnPolicy, WorldModelPpoPaper, "world-model-ppo", "paper")
    ->ArgName("cells")
    ->Arg(1)
    ->Arg(8)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(OnPolicy, WorldModelPpoBest, "world-model-ppo", "best")
    ->ArgName("cells")
    ->Arg(1)
    ->Arg(8)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(OnPolicy, WorldModelPpoBestOf10Epochs, "world-model-ppo", "best", 10)
    ->ArgName("cells")
    ->Arg(1)
    ->Arg(8)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Replay, Td3Paper, "td3", "paper")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Replay, Td3Best, "td3", "best")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Replay, DdpgPaper, "ddpg", "paper")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Replay, SacPaper, "sac", "paper")->Unit(benchmark::kMillisecond);
BENCHMARK(Decision)->ArgName("mlus")->Arg(2)->Arg(10)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(SetDecision, None, "none")
    ->ArgName("mlus")
    ->Arg(2)
    ->Arg(100)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(SetDecision, MeanMax, "mean-max")
    ->ArgName("mlus")
    ->Arg(2)
    ->Arg(100)
    ->Unit(benchmark::kMicrosecond);

/**
 * Run the benchmarks, in a process whose numeric libraries were told of the processor.
 * @param argc number of arguments
 * @param argv flags of Google Benchmark
 * @return exit code
 */
int
main(int argc, char* argv[])
{
    SetUpCpu();
    if (!std::getenv("LLM_MEC_BENCH"))
    {
        // This program is linked to LibTorch, which has read the environment already.
        setenv("LLM_MEC_BENCH", "1", 1);
        execv("/proc/self/exe", argv);
    }
    setenv("LLM_MEC_AGENTS", LLM_MEC_AGENTS_LIBRARY, 0);
    at::set_num_threads(1);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
    {
        return 1;
    }
    try
    {
        benchmark::RunSpecifiedBenchmarks();
    }
    catch (const std::exception& error)
    {
        std::cerr << error.what() << std::endl;
        return 1;
    }
    return 0;
}

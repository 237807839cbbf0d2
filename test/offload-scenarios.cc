/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "offload-scenarios.h"

#include <cmath>

using namespace ns3::llmmec;

void
OffloadScenario::SetCosts()
{
    const Eigen::ArrayXd cycles = tasks.bits * tasks.cyclesPerBit;
    tasks.localLatencyS = cycles / localHz;
    tasks.localEnergyJ = energyCoefficient * localHz.square() * cycles;
    tasks.mecLatencyS = cycles / mecHz;
}

ClosedFormOptimum
EqualReceivedPowerOptimum(uint32_t mlus,
                          double bits,
                          double localS,
                          double mecS,
                          double bandwidthHz)
{
    ClosedFormOptimum optimum;
    optimum.rateBps = bandwidthHz * std::log2(1 + 1 / (mlus - 1.0));
    const double remoteS = bits / optimum.rateBps + mecS;
    optimum.offloadRatio = localS / (localS + remoteS);
    optimum.latencyS = (1 - optimum.offloadRatio) * localS;
    optimum.reward = 1 / (mlus * optimum.latencyS);
    return optimum;
}

OffloadScenario
MakePaperScenario(Eigen::Index n, double bits)
{
    const auto all = [n](double value) { return Eigen::ArrayXd::Constant(n, value).eval(); };
    OffloadScenario s;
    s.localHz = all(2e9);
    s.energyCoefficient = all(1e-28);
    s.problem.maxPowerW = all(std::pow(10, 0.3)); // 33 dBm
    s.problem.energyBudgetJ = all(2);
    s.mecHz = 10e9;
    s.problem.bandwidthHz = 10e6;
    s.problem.noiseW = std::pow(10, -13.4); // -104 dBm
    s.problem.minAccuracy = 0.6;
    s.problem.maxHallucination = 0.78;
    s.tasks.bits = all(bits);
    s.tasks.cyclesPerBit = all(900);
    s.tasks.localAccuracy = all(0.5905);
    s.tasks.localHallucination = all(0.65);
    s.tasks.mecAccuracy = all(0.703);
    s.tasks.mecHallucination = all(0.77);
    s.SetCosts();
    s.gain = all(1e-6);
    s.decision = {all(0), all(0)};
    return s;
}

OffloadScenario
MakeRandomScenario(std::mt19937& rng, Eigen::Index n)
{
    const auto draw = [&rng](double low, double high) {
        return std::uniform_real_distribution<double>(low, high)(rng);
    };
    const auto drawAll = [&draw, n](double low, double high) {
        Eigen::ArrayXd values(n);
        for (double& value : values)
        {
            value = draw(low, high);
        }
        return values;
    };
    OffloadScenario s;
    s.localHz = drawAll(0.5e9, 4e9);
    s.energyCoefficient = drawAll(0, 3e-28);
    s.problem.maxPowerW = drawAll(0.01, 3);
    s.problem.energyBudgetJ = drawAll(0.05, 3);
    s.mecHz = draw(2e9, 50e9);
    s.problem.bandwidthHz = draw(1e6, 40e6);
    s.problem.noiseW = std::pow(10, draw(-15, -11));
    s.problem.minAccuracy = draw(0, 1);
    s.problem.maxHallucination = draw(0, 1);
    s.problem.penaltyWeight = draw(0, 5);
    s.tasks.bits = drawAll(1e3, 3e6);
    s.tasks.cyclesPerBit = drawAll(100, 2000);
    s.tasks.localAccuracy = drawAll(0, 1);
    s.tasks.localHallucination = drawAll(0, 1);
    s.tasks.mecAccuracy = drawAll(0, 1);
    s.tasks.mecHallucination = drawAll(0, 1);
    s.SetCosts();
    s.gain = Eigen::pow(10.0, drawAll(-9, -4));
    s.decision = {drawAll(0, 1), drawAll(0, 1) * s.problem.maxPowerW};
    for (Eigen::Index k = 0; k < n; ++k)
    {
        switch (std::uniform_int_distribution<int>(0, 11)(rng))
        {
        case 0:
            s.decision.offloadRatio[k] = 0;
            break;
        case 1:
            s.decision.offloadRatio[k] = 1;
            break;
        case 2:
            s.decision.powerW[k] = s.problem.maxPowerW[k];
            break;
        case 3:
            s.decision.powerW[k] = 0;
            break;
        default:
            break;
        }
    }
    return s;
}

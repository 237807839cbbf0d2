/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "association-agent-layout.h"

#include "agents/policy.h"
#include "base/json-document.h"

#include "ns3/association-search.h"
#include "ns3/log.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("AssociationAgentLayout");

namespace
{

constexpr float LEAST_ENTRY = 1e-6F; //!< of an action that is a weight: none is 0
constexpr double LEAST_INPUT = 1e-9; //!< of what a logarithm is taken of

/// What is subtracted from a feature, and what it is then divided by, so that it is about 0 and 1
/// wide in the scenario of arXiv:2511.01695.
struct Centre
{
    double middle; //!< of the feature
    double width;  //!< of the feature
};

constexpr Centre CENTRES[AssociationAgentLayout::FEATURES] = {{5, 4},     // signal to noise
                                                              {2, 1.5},   // price of the band
                                                              {0, 1},     // drafting
                                                              {-3, 1.5},  // upload
                                                              {-2, 1},    // verification
                                                              {-1, 1},    // battery
                                                              {0, 1},     // queue
                                                              {-2, .5},   // power
                                                              {2.5, .5},  // window over pass
                                                              {.75, .1},  // acceptance
                                                              {5, .5},    // tokens
                                                              {-4, 1.5}}; // window's upload

/// @param value >= 0 @return its logarithm, finite
double
Log(double value)
{
    return std::log(std::max(value, LEAST_INPUT));
}

/// @param entry of an action in [0, 1] @param rangeDb of weights below 1 @return weight
double
FromDb(float entry, double rangeDb)
{
    return std::pow(10, rangeDb / 10 * (static_cast<double>(entry) - 1));
}

} // namespace

const std::string AssociationAgentLayout::SECTION = "association";

const std::vector<std::string>&
AssociationAgentLayout::GetScaleNames()
{
    static const std::vector<std::string> names{"linear", "db"};
    return names;
}

const std::vector<std::string>&
AssociationAgentLayout::GetMatchingNames()
{
    static const std::vector<std::string> names{"tma", "tma-move", "move-swap"};
    return names;
}

const std::vector<std::string>&
AssociationAgentLayout::GetObjectiveNames()
{
    static const std::vector<std::string> names{"paper", "speculative"};
    return names;
}

Eigen::VectorXf
AssociationAgentLayout::Observe(const AssociationProblem& problem,
                                Eigen::Index device,
                                Eigen::Index server) const
{
    Eigen::VectorXf features = Eigen::VectorXf::Zero(FEATURES);
    if (!problem.HasLink(device, server))
    {
        return features;
    }
    const AssociationDevices& of = problem.devices;
    const AssociationServers& at = problem.servers;
    const double windowS = problem.decoding.window * of.draftTokenS[device];
    const double bands = REFERENCE_HZ / at.bandwidthHz[server];
    const double values[] = {Log(problem.GetSnr(device, server) / bands),
                             Log(problem.GetBandPrice(device, server) * bands),
                             Log(of.draftS[device]),
                             Log(of.uploadBits[device] / REFERENCE_HZ),
                             Log(of.serverFlop[device] / at.flopPerS[server]),
                             Log(std::max(of.battery[device], problem.emptyBattery)),
                             std::log1p(at.waitS[server]),
                             Log(of.powerW[device]),
                             Log(windowS / at.verifyS[server]),
                             of.acceptance[device],
                             Log(of.tokens[device]),
                             Log(problem.decoding.windowBits / (REFERENCE_HZ * windowS))};
    for (Eigen::Index k = 0; k < FEATURES; ++k)
    {
        features[k] = static_cast<float>((values[k] - CENTRES[k].middle) / CENTRES[k].width);
    }
    return features;
}

void
AssociationAgentLayout::SetWeights(const AssociationProblem& problem,
                                   const Eigen::Ref<const Eigen::VectorXf>& action,
                                   Eigen::Index device,
                                   Eigen::Index server,
                                   AssociationWeights& weights) const
{
    if (scale == LINEAR)
    {
        weights.band(device, server) = std::max(action[0], LEAST_ENTRY);
        weights.compute(device, server) = std::max(action[1], LEAST_ENTRY);
        return;
    }
    const double bandHz = FromDb(action[0], bandRangeDb) * REFERENCE_HZ;
    weights.band(device, server) = std::min(bandHz / problem.servers.bandwidthHz[server], 1.0);
    weights.compute(device, server) = FromDb(action[1], computeRangeDb);
}

AssociationWeights
AssociationAgentLayout::Weigh(const AssociationProblem& problem, const agents::Policy& policy) const
{
    NS_LOG_FUNCTION(problem.GetM() << problem.GetE());
    const Eigen::Index m = problem.GetM();
    const Eigen::Index e = problem.GetE();
    Eigen::MatrixXf features(FEATURES, m * e);
    for (Eigen::Index i = 0; i < m; ++i)
    {
        for (Eigen::Index j = 0; j < e; ++j)
        {
            features.col(i * e + j) = Observe(problem, i, j);
        }
    }
    Eigen::VectorXf actions(ACTIONS * m * e);
    policy.Act(features.reshaped(), actions);
    AssociationWeights weights{Eigen::ArrayXXd(m, e), Eigen::ArrayXXd(m, e), scale == LINEAR};
    for (Eigen::Index i = 0; i < m; ++i)
    {
        for (Eigen::Index j = 0; j < e; ++j)
        {
            SetWeights(problem, actions.segment(ACTIONS * (i * e + j), ACTIONS), i, j, weights);
        }
    }
    return weights;
}

std::vector<int>
AssociationAgentLayout::Match(const AssociationProblem& problem,
                              const AssociationWeights& weights) const
{
    NS_LOG_FUNCTION(problem.GetM() << static_cast<int>(matching));
    const AssociationWeightedCost cost(problem, objective, weights);
    if (matching == MOVE_SWAP)
    {
        return MoveAndSwap(cost).server;
    }
    AssociationSteps steps;
    steps.moves = matching == TMA_MOVE;
    return ImproveAssociation(cost, AssociateByGain(problem), steps).server;
}

std::string
AssociationAgentLayout::ToJson() const
{
    return nlohmann::json{{"objective", GetObjectiveNames()[objective]},
                          {"scale", GetScaleNames()[scale]},
                          {"bandRangeDb", bandRangeDb},
                          {"computeRangeDb", computeRangeDb},
                          {"matching", GetMatchingNames()[matching]}}
        .dump();
}

AssociationAgentLayout
AssociationAgentLayout::FromJson(const std::string& text, const std::string& name)
{
    NS_LOG_FUNCTION(name);
    const std::string section = name + ": section '" + SECTION + "'";
    const auto document = base::ParseJson(text, section);
    const base::JsonObject json(document, section);
    AssociationAgentLayout layout;
    layout.objective =
        static_cast<AssociationObjective>(json.GetChoice("objective", GetObjectiveNames()));
    layout.scale = static_cast<Scale>(json.GetChoice("scale", GetScaleNames()));
    layout.bandRangeDb = json.GetNumber("bandRangeDb", LEAST_RANGE_DB, MOST_RANGE_DB);
    layout.computeRangeDb = json.GetNumber("computeRangeDb", LEAST_RANGE_DB, MOST_RANGE_DB);
    layout.matching = static_cast<Matching>(json.GetChoice("matching", GetMatchingNames()));
    return layout;
}

} // namespace llmmec
} // namespace ns3

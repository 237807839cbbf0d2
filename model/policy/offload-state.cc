/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "offload-state.h"

#include "base/json-document.h"
#include "offload-carried-entities.h"
#include "offload-entities.h"

#include "ns3/log.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("OffloadStateLayout");

namespace
{

constexpr double BITS_A_MBIT = 1e6;
constexpr double CENTRE_DB = -55;     //!< a gain about the middle of the paper's cell, dB
constexpr double SPREAD_DB = 5;       //!< of gains about it, dB
constexpr double LEAST_GAIN = 1e-30;  //!< a gain below that is as good as none
constexpr double LEAST_SHARE = 1e-30; //!< the same of a power
constexpr int64_t MOST_MLUS = 100000; //!< in a file

/// Of a file.
const base::JsonRange POWER_RANGE{std::numeric_limits<double>::denorm_min(),
                                  200,
                                  "a range above 0 dB, to 200 dB"};

/// @param ratio a ratio of powers, >= 0 @return it in dB, finite
double
ToDb(double ratio)
{
    return 10 * std::log10(std::max(ratio, LEAST_SHARE));
}

/// @param latencyS a latency, s @param slotDurationS tau, s @return a feature of order one
double
CompressLatency(double latencyS, double slotDurationS)
{
    return std::log1p(latencyS / slotDurationS);
}

/// @param json an object @param field its key @return the texts there
std::vector<std::string>
ReadTexts(const base::JsonObject& json, const std::string& field)
{
    std::vector<std::string> texts;
    for (const auto& entry : json.GetArray(field))
    {
        if (!entry.is_string())
        {
            json.FailValue(field, entry, "texts");
        }
        texts.push_back(entry.get<std::string>());
    }
    return texts;
}

} // namespace

const std::vector<std::string>&
OffloadStateLayout::GetStateNames()
{
    static const std::vector<std::string> names = {"paper",
                                                   "current",
                                                   "extended",
                                                   "entities",
                                                   "carried"};
    return names;
}

const std::vector<std::string>&
OffloadStateLayout::GetPowerScaleNames()
{
    static const std::vector<std::string> names = {"db", "linear"};
    return names;
}

const std::vector<std::string>&
OffloadStateLayout::GetReferenceNames()
{
    static const std::vector<std::string> names = {"none", "ratio", "ratio-power"};
    return names;
}

void
OffloadStateLayout::Describe(const OffloadProblem& problem)
{
    NS_LOG_FUNCTION(problem.GetN());
    mlus = problem.GetN();
    const bool looksAhead = state == EXTENDED || state == CARRIED;
    hasBacklogs = looksAhead && !problem.slotBarrier;
    hasBatteries = looksAhead && problem.batteryJ.size() > 0;
    hasEnd = looksAhead && problem.slots > 0;
    profiles = problem.profiles;
    limits = OffloadLimits(problem);
    exogenous = (problem.batteryJ.size() > 0 ? 1 : 2) * mlus + (hasEnd ? 1 : 0);
}

bool
OffloadStateLayout::TakesSets() const
{
    return state == ENTITIES || state == CARRIED;
}

Eigen::Index
OffloadStateLayout::GetObservations() const
{
    if (TakesSets())
    {
        return state == CARRIED ? OffloadCarriedEntities::ALL_OBSERVATIONS
                                : OffloadEntities::OBSERVATIONS;
    }
    Eigen::Index groups = 2;
    if (state == PAPER)
    {
        groups += 5;
    }
    if (hasBacklogs)
    {
        groups += 2;
    }
    if (hasBatteries)
    {
        groups += 1;
    }
    return groups * mlus + (hasBacklogs ? 1 : 0) + (hasEnd ? 1 : 0);
}

Eigen::Index
OffloadStateLayout::GetActions() const
{
    return TakesSets() ? OffloadEntities::ACTIONS : OffloadEntities::ACTIONS * mlus;
}

std::pair<Eigen::VectorXf, Eigen::VectorXf>
OffloadStateLayout::MakeVectors(const OffloadProblem& problem) const
{
    const Eigen::Index entities = TakesSets() ? problem.GetN() : 1;
    return {Eigen::VectorXf::Zero(entities * GetObservations()),
            Eigen::VectorXf::Zero(entities * GetActions())};
}

void
OffloadStateLayout::Observe(const OffloadProblem& problem,
                            const SlotObservation& observation,
                            Eigen::Ref<Eigen::VectorXf> features) const
{
    if (state == ENTITIES)
    {
        const OffloadEntities entities(OffloadLimits(problem), powerRangeDb, reference);
        entities.Observe(OffloadEntities::GetSlotTraits(problem, observation),
                         Eigen::Map<agents::Rows>(features.data(),
                                                  problem.GetN(),
                                                  OffloadEntities::OBSERVATIONS));
        return;
    }
    if (state == CARRIED)
    {
        const OffloadCarriedEntities entities(OffloadLimits(problem), powerRangeDb, reference);
        entities.Observe(entities.GetAllTraits(problem, observation),
                         Eigen::Map<agents::Rows>(features.data(),
                                                  problem.GetN(),
                                                  OffloadCarriedEntities::ALL_OBSERVATIONS));
        return;
    }
    const SlotOutcome& last = observation.lastOutcome;
    const bool hasLast = last.latencyS.size() > 0;
    Eigen::Index at = 0;
    const auto add = [&](auto feature) {
        for (Eigen::Index k = 0; k < mlus; ++k)
        {
            features[at++] = static_cast<float>(feature(k));
        }
    };
    const auto addLast = [&](auto feature) {
        add([&](Eigen::Index k) { return hasLast ? feature(k) : 0.0; });
    };
    if (state == PAPER)
    {
        const SlotDecision& decision = observation.lastDecision;
        addLast([&](Eigen::Index k) { return decision.offloadRatio[k]; });
        addLast([&](Eigen::Index k) {
            const double db = ToDb(decision.powerW[k] / problem.maxPowerW[k]);
            return std::max(1 + db / powerRangeDb, 0.0);
        });
        addLast([&](Eigen::Index k) { return last.accuracy[k]; });
        addLast([&](Eigen::Index k) { return last.hallucination[k]; });
        addLast([&](Eigen::Index k) {
            return CompressLatency(last.latencyS[k], problem.slotDurationS);
        });
    }
    if (hasBacklogs)
    {
        const double slotS = problem.slotDurationS;
        add([&](Eigen::Index k) { return CompressLatency(observation.cpuBacklogS[k], slotS); });
        add([&](Eigen::Index k) {
            return std::log1p(observation.uploadBacklogBits[k] / BITS_A_MBIT);
        });
        features[at++] = static_cast<float>(CompressLatency(observation.mecBacklogS, slotS));
    }
    if (hasBatteries)
    {
        add([&](Eigen::Index k) {
            const double capacityJ = problem.batteryJ[k];
            return capacityJ > 0 ? observation.batteryJ[k] / capacityJ : 1.0;
        });
    }
    add([&](Eigen::Index k) { return observation.tasks.bits[k] / BITS_A_MBIT; });
    add([&](Eigen::Index k) {
        return (ToDb(std::max(observation.gain[k], LEAST_GAIN)) - CENTRE_DB) / SPREAD_DB;
    });
    if (hasEnd)
    {
        features[at] = static_cast<float>(static_cast<double>(observation.slot) / problem.slots);
    }
}

SlotDecision
OffloadStateLayout::Decide(const OffloadProblem& problem,
                           const Eigen::Ref<const Eigen::VectorXf>& action) const
{
    const Eigen::ArrayXd shares = action.cast<double>().array().max(0.0).min(1.0);
    SlotDecision decision;
    if (TakesSets())
    {
        const Eigen::Map<const Eigen::ArrayXXd> each(shares.data(),
                                                     OffloadEntities::ACTIONS,
                                                     problem.GetN());
        decision = {each.row(0), each.row(1)};
    }
    else
    {
        decision = {shares.head(mlus), shares.tail(mlus)};
    }
    if (powerScale == DB)
    {
        decision.powerW = Eigen::pow(10.0, -powerRangeDb / 10 * (1 - decision.powerW));
    }
    decision.powerW *= problem.maxPowerW;
    return decision;
}

std::string
OffloadStateLayout::ToJson() const
{
    nlohmann::ordered_json json = {{"state", GetStateNames()[state]},
                                   {"powerScale", GetPowerScaleNames()[powerScale]},
                                   {"powerRangeDb", powerRangeDb},
                                   {"mlus", mlus},
                                   {"hasBacklogs", hasBacklogs},
                                   {"hasBatteries", hasBatteries},
                                   {"hasEnd", hasEnd},
                                   {"profiles", profiles}};
    if (TakesSets())
    {
        json["reference"] = GetReferenceNames()[reference];
    }
    // A profile made in code can have any name, but JSON is UTF-8.
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

OffloadStateLayout
OffloadStateLayout::FromJson(const std::string& text, const std::string& name)
{
    NS_LOG_FUNCTION(name);
    const std::string section = name + ": section 'offload'";
    const auto document = base::ParseJson(text, section);
    const base::JsonObject json(document, section);
    OffloadStateLayout layout;
    layout.state = static_cast<State>(json.GetChoice("state", GetStateNames()));
    layout.powerScale = static_cast<PowerScale>(json.GetChoice("powerScale", GetPowerScaleNames()));
    layout.powerRangeDb = json.GetNumber("powerRangeDb", POWER_RANGE);
    layout.mlus = static_cast<Eigen::Index>(json.GetInteger("mlus", 1, MOST_MLUS));
    layout.hasBacklogs = json.GetBool("hasBacklogs");
    layout.hasBatteries = json.GetBool("hasBatteries");
    layout.hasEnd = json.GetBool("hasEnd");
    if (layout.TakesSets())
    {
        if (layout.powerScale != DB)
        {
            json.FailValue("powerScale", document["powerScale"], "db with states of sets");
        }
        layout.reference =
            static_cast<OffloadReference::Kind>(json.GetChoice("reference", GetReferenceNames()));
    }
    if (document.contains("profiles")) // files of version 0.1.0 have none
    {
        layout.profiles = ReadTexts(json, "profiles");
    }
    return layout;
}

std::string
OffloadStateLayout::DescribeOtherProfile(const OffloadProblem& problem) const
{
    if (TakesSets())
    {
        for (std::size_t k = 0; k < problem.profiles.size() && !profiles.empty(); ++k)
        {
            const std::string& cell = problem.profiles[k];
            if (!cell.empty() && std::count(profiles.begin(), profiles.end(), cell) == 0)
            {
                return "trained without profiles " + cell + ", which MLU " + std::to_string(k) +
                       " has";
            }
        }
        return "";
    }
    const std::size_t known = std::min(profiles.size(), problem.profiles.size());
    for (std::size_t k = 0; k < known; ++k)
    {
        const std::string& cell = problem.profiles[k];
        if (!profiles[k].empty() && !cell.empty() && profiles[k] != cell)
        {
            return "trained with profiles " + profiles[k] + ", but MLU " + std::to_string(k) +
                   " has " + cell;
        }
    }
    return "";
}

void
OffloadStateLayout::CheckFits(const OffloadProblem& problem, const std::string& name) const
{
    NS_LOG_FUNCTION(name);
    const auto refuse = [&name](const std::string& has, const std::string& cell) {
        throw std::runtime_error(name + ": trained for " + has + ", but the cell has " + cell);
    };
    if (mlus != problem.GetN() && !TakesSets())
    {
        refuse(std::to_string(mlus) + " MLUs", std::to_string(problem.GetN()));
    }
    OffloadStateLayout needed = *this;
    needed.Describe(problem);
    if (hasBacklogs != needed.hasBacklogs)
    {
        refuse(hasBacklogs ? "slots that overlap" : "slots that wait for each other",
               hasBacklogs ? "slots that wait for each other" : "slots that overlap");
    }
    if (hasBatteries != needed.hasBatteries)
    {
        refuse(hasBatteries ? "batteries" : "MLUs without batteries",
               hasBatteries ? "none" : "batteries");
    }
    if (hasEnd != needed.hasEnd)
    {
        refuse(hasEnd ? "a number of slots" : "slots without end", hasEnd ? "no end" : "one");
    }
}

} // namespace llmmec
} // namespace ns3

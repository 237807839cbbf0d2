/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-association-training-flags.h"

#include "llm-mec-attribute-use.h"
#include "llm-mec-count-list.h"
#include "llm-mec-draft-payload.h"

#include "ns3/log.h"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <vector>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecAssociationTrainingFlags");

namespace
{

using Layout = AssociationAgentLayout;

/// An attribute that is set here in another way, and what is to be typed instead
const std::map<std::string, std::string> INSTEAD{
    {"ns3::llmmec::LlmMecAssociationScenario::BitsPerDraft", "--payload"}};
const std::string AUTO = "auto";     //!< follows from the preset
constexpr double VOCABULARY = 50257; //!< tokens of GPT-2, whose sizes the scenario has
constexpr uint64_t MOST_DEVICES = 1000;
constexpr uint64_t MOST_SLOTS = 1000000;

/// @param names what may be chosen @return that, or auto
std::vector<std::string>
OrAuto(std::vector<std::string> names)
{
    names.insert(names.begin(), AUTO);
    return names;
}

/// @param names all, in the order of an enumeration @param name one of them, or auto
/// @param otherwise one of them, for auto @return the enumerator
template <typename Enumeration>
Enumeration
Choose(const std::vector<std::string>& names, const std::string& name, const std::string& otherwise)
{
    const auto found = std::find(names.begin(), names.end(), name == AUTO ? otherwise : name);
    return static_cast<Enumeration>(found - names.begin());
}

} // namespace

void
LlmMecAssociationTrainingFlags::AddTo(LlmMecSettings& line)
{
    const std::string scenario = "ns3::llmmec::LlmMecAssociationScenario::";
    line.AddAttribute("devices", scenario + "Devices", devices);
    line.AddAttribute("servers", scenario + "Servers", servers);
    line.AddText("trainDevices",
                 "M of the episodes in turn, with commas; empty for --devices, which held-out "
                 "slots have",
                 trainDevices);
    line.AddText("payload", "What goes up for a draft", payload, LlmMecDraftPayload::GetNames());
    line.AddText("objective",
                 "What is to be small: P1, or latencies at token level",
                 objective,
                 Layout::GetObjectiveNames());
    line.AddText("reward",
                 "What agents are told: the objective over that of random association, or what "
                 "servers save without the device; auto: ratio for paper, else marginal",
                 reward,
                 OrAuto(LlmMecAssociationTrainingSettings::GetRewardNames()));
    line.AddText("scale",
                 "How actions become shares; auto: linear for paper, else db",
                 scale,
                 OrAuto(Layout::GetScaleNames()));
    line.AddText("matching",
                 "Who finds associations by learned shares; auto: tma for paper, else move-swap",
                 matching,
                 OrAuto(Layout::GetMatchingNames()));
    line.AddNumber("bandRangeDb",
                   "With db, bands go down to this far below 1 MHz, dB",
                   training.layout.bandRangeDb,
                   Layout::LEAST_RANGE_DB,
                   Layout::MOST_RANGE_DB);
    line.AddNumber("computeRangeDb",
                   "With db, weights of computing go down to this far below 1, dB",
                   training.layout.computeRangeDb,
                   Layout::LEAST_RANGE_DB,
                   Layout::MOST_RANGE_DB);
    line.AddCount("slots", "Slots of an episode", training.slots, 1, MOST_SLOTS);
    line.AddCount("evaluationSlots", "Held-out slots", training.evaluationSlots, 1, MOST_SLOTS);
}

void
LlmMecAssociationTrainingFlags::Complete(const std::string& preset,
                                         const std::set<std::string>& typed)
{
    NS_LOG_FUNCTION(this << preset);
    LlmMecAttributeUse::RefuseInstead(typed, INSTEAD);
    const bool isPaper = preset == "paper";
    Layout& layout = training.layout;
    layout.objective = Choose<AssociationObjective>(Layout::GetObjectiveNames(), objective, "");
    layout.scale = Choose<Layout::Scale>(Layout::GetScaleNames(), scale, isPaper ? "linear" : "db");
    layout.matching = Choose<Layout::Matching>(Layout::GetMatchingNames(),
                                               matching,
                                               isPaper ? "tma" : "move-swap");
    training.reward = Choose<LlmMecAssociationTrainingSettings::Reward>(
        LlmMecAssociationTrainingSettings::GetRewardNames(),
        reward,
        isPaper ? "ratio" : "marginal");
    for (const char* name : {"bandRangeDb", "computeRangeDb"})
    {
        if (layout.scale == Layout::LINEAR && typed.count(name) > 0)
        {
            throw std::invalid_argument("--" + std::string(name) +
                                        ": expected none with --scale=linear");
        }
    }
    training.bitsPerDraft = LlmMecDraftPayload::GetBits(payload, VOCABULARY);
    training.trainDevices = ReadCounts("trainDevices", trainDevices, MOST_DEVICES);
}

} // namespace llmmec
} // namespace ns3

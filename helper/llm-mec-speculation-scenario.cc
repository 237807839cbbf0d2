/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-speculation-scenario.h"

#include "llm-mec-attribute-default.h"
#include "llm-mec-draft-payload.h"
#include "llm-mec-link-names.h"
#include "llm-mec-random-variable.h"
#include "llm-mec-step-time.h"

#include "ns3/double.h"
#include "ns3/llm-roofline-step-time-model.h"
#include "ns3/log.h"
#include "ns3/nstime.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <stdexcept>
#include <utility>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecSpeculationScenario");

namespace
{

const std::string CLIENT = "ns3::llmmec::SpeculativeClient"; //!< type of the phones
const std::string SERVER_ONLY = "server-only";               //!< the server decodes alone
const std::string DEVICE_ONLY = "device-only";               //!< the device decodes alone
const std::string BATCHING = "batching";                     //!< passes in common steps
const std::string DEDICATED = "dedicated";                   //!< each pass has a server for itself
const std::string SLICES = "slices";                         //!< an equal share for each phone

/// Modes by what is typed.
const std::map<std::string, std::string> MODES{{"conventional", "Conventional"},
                                               {"lock-step", "LockStep"},
                                               {"event", "Event"},
                                               {"streaming", "Streaming"},
                                               {SERVER_ONLY, "ServerOnly"},
                                               {DEVICE_ONLY, "DeviceOnly"}};

/// Disciplines of servers that do not batch, by what is typed.
const std::map<std::string, std::string> DISCIPLINES{{"fcfs", "FirstComeFirstServed"},
                                                     {"processor-sharing", "ProcessorSharing"},
                                                     {SLICES, "DedicatedServer"},
                                                     {DEDICATED, "DedicatedServer"}};

/// Attributes that are set here in another way than by their defaults, and what is to be typed
/// instead.
const std::map<std::string, std::string> INSTEAD{
    {"ns3::llmmec::SpeculativeClient::Mode", "--mode"},
    {"ns3::llmmec::SpeculativeClient::AheadPasses", "--aheadPasses"},
    {"ns3::llmmec::SpeculativeClient::Acceptance", "--acceptance"},
    {"ns3::llmmec::SpeculativeClient::Window", "--window"},
    {"ns3::llmmec::DriftingAcceptance::Rate", "--acceptance"},
    {"ns3::llmmec::DriftingAcceptance::Memory", "--drift"},
    {"ns3::llmmec::SpeculativeClient::StepTimeModel", "--draft"},
    {"ns3::llmmec::SpeculativeClient::StepEnergyModel", "attributes of StepEnergyModel"},
    {"ns3::llmmec::SpeculativeServer::Engine", "--discipline"},
    {"ns3::llmmec::BatchingPassEngine::Engine", "attributes of ContinuousBatchingEngine"},
    {"ns3::llmmec::DisciplinePassEngine::Discipline", "--discipline"},
    {"ns3::llmmec::DisciplinePassEngine::StepTimeModel", "--target"},
    {"ns3::llmmec::DisciplinePassEngine::StepEnergyModel", "attributes of StepEnergyModel"},
    {"ns3::llmmec::ContinuousBatchingEngine::StepTimeModel", "--target"},
    {"ns3::llmmec::ContinuousBatchingEngine::StepEnergyModel", "attributes of StepEnergyModel"},
    {"ns3::llmmec::ContinuousBatchingEngine::PipelineDepth", "none: verdicts need 1"},
    {"ns3::llmmec::CoefficientStepTimeModel::File", "--draft or --target"},
    {"ns3::llmmec::MecUplinkChannel::PropagationLossModel", "attributes of its models"},
    {"ns3::llmmec::MecUplinkBand::PropagationLossModel", "attributes of its models"},
    {"ns3::llmmec::MecPacketLink::PropagationLossModel", "attributes of its models"},
    {"ns3::llmmec::MecNetworkLink::PropagationLossModel", "attributes of its models"},
};

/// @return what may be typed as a mode
std::vector<std::string>
GetModeNames()
{
    std::vector<std::string> names;
    for (const auto& [name, type] : MODES)
    {
        names.push_back(name);
    }
    return names;
}

/// @return what may be typed as a discipline
std::vector<std::string>
GetDisciplineNames()
{
    std::vector<std::string> names{BATCHING};
    for (const auto& [name, type] : DISCIPLINES)
    {
        names.push_back(name);
    }
    return names;
}

/// @param name of a setting @param text of it @param least least value @param most largest value
/// @param others what it may be too @return it as a number @throws std::invalid_argument in one
/// line
uint64_t
ParseCount(const std::string& name,
           const std::string& text,
           uint64_t least,
           uint64_t most,
           const std::string& others)
{
    double count = -1;
    const bool isCount = LlmMecAttributeDefault::ReadNumber(text, count) &&
                         count == std::floor(count) && count >= static_cast<double>(least) &&
                         count <= static_cast<double>(most);
    if (!isCount)
    {
        throw std::invalid_argument("--" + name + ": got " + text +
                                    ", expected a whole number from " + std::to_string(least) +
                                    " to " + std::to_string(most) + others);
    }
    return static_cast<uint64_t>(count);
}

/// @param pair of models @param isSampling whether chance decides @return share of drafts that are
/// right
double
GetMeanAcceptance(const LlmPair& pair, bool isSampling)
{
    double right = 0;
    double drafts = 0;
    for (const LlmPairQuery& query : pair.queries)
    {
        for (std::size_t i = 0; i < query.target.size(); ++i)
        {
            right += isSampling ? query.acceptance[i] : query.target[i] == query.draft[i];
        }
        drafts += static_cast<double>(query.target.size());
    }
    return right / drafts;
}

} // namespace

void
LlmMecSpeculationScenario::AddTo(LlmMecSettings& line)
{
    constexpr double longestS = 1e6;
    line.AddText("mode", "How answers are decoded", mode, GetModeNames());
    line.AddText("pair",
                 "Preset of --draft, --target and --acceptance",
                 pair,
                 LlmMecPairPreset::GetNames());
    line.AddText("draft",
                 "What a step of a phone takes: a name of data/serving, a file, or "
                 "roofline:DEVICE:MODEL; that of --pair when empty",
                 draft);
    line.AddText("target", "What a step of a server takes, as --draft", target);
    line.AddNumber("draftWeightBits",
                   "Bits of a weight on a phone, by a roofline; those of --pair when 0, or with "
                   "--draft those of its device",
                   draftWeightBits,
                   0,
                   32);
    line.AddNumber("draftMemoryEfficiency",
                   "Share of its memory's rate that a phone reads weights with, by a roofline",
                   draftMemoryEfficiency,
                   1e-3,
                   1);
    line.AddText("acceptance",
                 "Probability that a draft is right, or the file of a pair of models",
                 acceptance);
    line.AddNumber("drift",
                   "The acceptance drifts about --acceptance, and changes in as many tokens; it "
                   "stays when 0",
                   drift,
                   0,
                   1e9);
    line.AddFlag("sampling",
                 "Both models of a pair sample at its temperature: drafts are accepted by chance",
                 sampling);
    line.AddText("window", "Drafts that are sent together: a number, optimal or estimated", window);
    line.AddNumber("draftTokenS",
                   "Time of a draft, s; by --draft when 0",
                   draftTokenS,
                   0,
                   longestS);
    line.AddNumber("verifyS",
                   "Time of verifying a window, s; by --target and --discipline when 0",
                   verifyS,
                   0,
                   longestS);
    line.AddNumber("preVerifyS",
                   "Time of a pass for one token, s; --verifyS when 0",
                   preVerifyS,
                   0,
                   longestS);
    line.AddText("link", LlmMecLinkNames::GetHelp(), link, LlmMecLinkNames::GetAll());
    line.AddNumber("uplinkBps",
                   "Rate of each uplink, bit/s; by the radio when 0",
                   uplinkBps,
                   0,
                   1e15);
    line.AddNumber("downlinkS", "Time of a verdict on the way, s", downlinkS, 0, longestS);
    line.AddNumber("headerBits", "Of each message, bits", headerBits, 0, 1e9);
    line.Bind(CLIENT + "::HeaderBits");
    line.AddNumber("bitsPerToken", "Of a draft, bits; see --payload", bitsPerToken, 0, 1e9);
    line.AddText("payload", "What goes up with a draft", payload, LlmMecDraftPayload::GetNames());
    line.AddText(
        "discipline",
        "How passes share a server; dedicated, where each has one for itself, with --verifyS",
        discipline,
        GetDisciplineNames());
    line.AddText("aheadPasses",
                 "Passes of a server before it is asked, in case the device restarts; auto: "
                 "without end where --verifyS makes them free, else none",
                 aheadPasses);
    line.AddCount("devices", "Phones", devices, 1, 1000000);
    line.AddCount("servers", "Servers, with a part of the phones each", servers, 1, 100000);
    line.AddText("tokens", "Tokens of an answer, a number or random variable", tokens);
    line.Bind(CLIENT + "::AnswerTokens");
    line.AddText("promptTokens", "Tokens of a prompt, a number or random variable", promptTokens);
    line.Bind(CLIENT + "::PromptTokens");
    line.AddCount("answers", "Answers of each phone", answers, 1, 1000000);
    line.AddNumber("batteryJ", "Battery of each phone, J; never empty when 0", batteryJ, 0, 1e9);
    line.AddNumber("radiusM", "Radius of a cell, m", radiusM, 1e-3, 1e6);
    line.AddFlag("baselines", "Run server-only and device-only too", baselines);
    m_typed = line.GetTyped();
}

bool
LlmMecSpeculationScenario::Has(const std::string& name) const
{
    return m_typed && m_typed->count(name) > 0;
}

bool
LlmMecSpeculationScenario::IsSpeculative() const
{
    return mode != SERVER_ONLY && mode != DEVICE_ONLY;
}

std::vector<std::string>
LlmMecSpeculationScenario::GetModes() const
{
    std::vector<std::string> modes{mode};
    for (const std::string& other : {SERVER_ONLY, DEVICE_ONLY})
    {
        if (baselines && other != mode)
        {
            modes.push_back(other);
        }
    }
    return modes;
}

double
LlmMecSpeculationScenario::GetAcceptance() const
{
    return m_acceptance;
}

void
LlmMecSpeculationScenario::Refuse(const std::vector<std::string>& names,
                                  const std::string& why) const
{
    for (const std::string& name : names)
    {
        if (Has(name))
        {
            throw std::invalid_argument("--" + name + ": expected none with " + why);
        }
    }
}

void
LlmMecSpeculationScenario::RefuseUnused() const
{
    constexpr double slowestBps = 1e-3;
    if (uplinkBps > 0 && uplinkBps < slowestBps)
    {
        throw std::invalid_argument("--uplinkBps: got " + std::to_string(uplinkBps) +
                                    ", expected 0 or at least 0.001");
    }
    if (Has("bitsPerToken"))
    {
        Refuse({"payload"}, "--bitsPerToken");
    }
    if (verifyS == 0)
    {
        Refuse({"preVerifyS"}, "no --verifyS");
    }
    else if (Has("discipline") && discipline == BATCHING)
    {
        Refuse({"verifyS"}, "--discipline=batching, whose step times come from --target");
    }
    else
    {
        Refuse({"target"}, "--verifyS");
    }
    if (draftTokenS > 0)
    {
        Refuse({"draft", "draftMemoryEfficiency", "draftWeightBits"}, "--draftTokenS");
    }
    if (uplinkBps > 0)
    {
        Refuse({"radiusM", "link"}, "--uplinkBps");
    }
    if (link != "fluid")
    {
        Refuse({"uplinkBps", "downlinkS"}, "--link=" + link);
    }
}

void
LlmMecSpeculationScenario::RefuseUnusedInModes() const
{
    const std::string with = "--mode=" + mode;
    if (mode == "conventional" || mode == "lock-step")
    {
        Refuse({"aheadPasses"}, with);
    }
    if (!IsSpeculative())
    {
        Refuse({"window", "aheadPasses", "bitsPerToken", "payload", "sampling", "drift"}, with);
    }
    if (baselines)
    {
        return; // which take the rest
    }
    const std::string alone = with + " and no baselines";
    if (mode == DEVICE_ONLY)
    {
        Refuse({"target",
                "discipline",
                "verifyS",
                "preVerifyS",
                "link",
                "uplinkBps",
                "downlinkS",
                "headerBits",
                "radiusM"},
               alone);
    }
    if (mode == SERVER_ONLY)
    {
        Refuse({"draft", "draftTokenS", "draftMemoryEfficiency", "draftWeightBits"}, alone);
    }
}

void
LlmMecSpeculationScenario::Complete()
{
    NS_LOG_FUNCTION(this << mode << pair);
    RefuseUnused();
    RefuseUnusedInModes();
    if (m_typed)
    {
        LlmMecAttributeUse::RefuseInstead(*m_typed, INSTEAD);
    }
    if (verifyS > 0 && !Has("discipline"))
    {
        discipline = DEDICATED;
    }
    m_preset = LlmMecPairPreset::Find(pair);
    ReadAcceptance();
    MakeModels();
}

void
LlmMecSpeculationScenario::ReadAcceptance()
{
    m_acceptance = m_preset.acceptance;
    // nan and inf are numbers too, and no files.
    char* end = nullptr;
    const double number = std::strtod(acceptance.c_str(), &end);
    const bool isNumber = !acceptance.empty() && *end == '\0';
    if (acceptance.empty() || isNumber)
    {
        if (sampling)
        {
            throw std::invalid_argument("--sampling: expected the file of a pair as --acceptance");
        }
        if (!isNumber)
        {
            return;
        }
        if (!IsSpeculative())
        {
            Refuse({"acceptance"}, "--mode=" + mode + ", unless it is the file of a pair");
        }
        if (!(number >= 0 && number <= 1))
        {
            throw std::invalid_argument("--acceptance: got " + acceptance +
                                        ", expected a number from 0 to 1 or a file");
        }
        m_acceptance = number;
        return;
    }
    if (Has("tokens") || Has("promptTokens"))
    {
        throw std::invalid_argument("--tokens, --promptTokens: expected none with the file " +
                                    acceptance + ", which has the answers");
    }
    if (drift > 0)
    {
        throw std::invalid_argument("--drift: expected none with the file " + acceptance +
                                    ", which says what is right");
    }
    m_pair = std::make_shared<const LlmPair>(ReadLlmPair(acceptance));
    if (sampling && !m_pair->temperature)
    {
        throw std::invalid_argument(acceptance + ": no temperature, expected one with --sampling");
    }
    m_acceptance = GetMeanAcceptance(*m_pair, sampling);
}

void
LlmMecSpeculationScenario::MakeModels()
{
    m_draft = MakeStepTimeModel(draft.empty() ? m_preset.draft : draft);
    m_target = MakeStepTimeModel(target.empty() ? m_preset.target : target);
    if (!DynamicCast<RooflineStepTimeModel>(m_draft))
    {
        Refuse({"draftMemoryEfficiency", "draftWeightBits"}, "a draft that is no roofline");
        return;
    }
    m_draft->SetAttribute("MemoryEfficiency", DoubleValue(draftMemoryEfficiency));
    if (draft.empty() || draftWeightBits > 0)
    {
        const double bits = draftWeightBits > 0 ? draftWeightBits : m_preset.draftWeightBits;
        m_draft->SetAttribute("WeightBits", DoubleValue(bits));
    }
}

double
LlmMecSpeculationScenario::GetBitsPerToken() const
{
    const double vocabulary = m_pair ? m_pair->vocabularySize : m_preset.vocabulary;
    return Has("bitsPerToken") ? bitsPerToken : LlmMecDraftPayload::GetBits(payload, vocabulary);
}

uint32_t
LlmMecSpeculationScenario::GetAheadPasses() const
{
    constexpr uint32_t withoutEnd = std::numeric_limits<uint32_t>::max();
    if (aheadPasses == "auto")
    {
        // They hinder no other pass where each has a constant time on a server for itself.
        const bool isFree = verifyS > 0 && (discipline == DEDICATED || discipline == SLICES);
        return isFree ? withoutEnd : 0;
    }
    return static_cast<uint32_t>(ParseCount("aheadPasses", aheadPasses, 0, withoutEnd, " or auto"));
}

void
LlmMecSpeculationScenario::SetAcceptance(LlmMecSpeculationHelper& helper) const
{
    if (m_pair)
    {
        helper.SetPair(m_pair);
    }
    if (sampling)
    {
        helper.SetAcceptance("ns3::llmmec::TranscriptAcceptance");
        return;
    }
    if (drift > 0)
    {
        constexpr double edge = 1e-6; // of DriftingAcceptance
        helper.SetAcceptance("ns3::llmmec::DriftingAcceptance",
                             "Rate",
                             DoubleValue(std::min(std::max(m_acceptance, edge), 1 - edge)),
                             "Memory",
                             DoubleValue(drift));
        return;
    }
    helper.SetAcceptance("ns3::llmmec::ConstantAcceptance", "Rate", DoubleValue(m_acceptance));
}

void
LlmMecSpeculationScenario::SetWindow(LlmMecSpeculationHelper& helper) const
{
    if (window == "optimal")
    {
        // Were all drafts right, no window would be the best.
        constexpr double most = 1 - 1e-9;
        helper.SetWindow("ns3::llmmec::OptimalWindow",
                         "Acceptance",
                         DoubleValue(std::min(m_acceptance, most)));
        return;
    }
    if (window == "estimated")
    {
        helper.SetWindow("ns3::llmmec::EstimatedWindow");
        return;
    }
    constexpr uint64_t largest = 1024; // of FixedWindow
    helper.SetWindow(
        "ns3::llmmec::FixedWindow",
        "Window",
        UintegerValue(ParseCount("window", window, 1, largest, ", optimal or estimated")));
}

void
LlmMecSpeculationScenario::SetEngine(LlmMecSpeculationHelper& helper, uint64_t phones) const
{
    if (discipline == BATCHING)
    {
        helper.SetEngine("ns3::llmmec::BatchingPassEngine");
        return;
    }
    const double tokenS = preVerifyS > 0 ? preVerifyS : verifyS;
    helper.SetEngine("ns3::llmmec::DisciplinePassEngine",
                     "Discipline",
                     StringValue("ns3::llmmec::" + DISCIPLINES.at(discipline) + "Discipline"),
                     "VerifyTime",
                     TimeValue(Seconds(verifyS)),
                     "TokenTime",
                     TimeValue(Seconds(tokenS)),
                     "Share",
                     DoubleValue(discipline == SLICES ? 1.0 / static_cast<double>(phones) : 1));
}

void
LlmMecSpeculationScenario::SetLink(LlmMecSpeculationHelper& helper) const
{
    const TimeValue downlink(Seconds(downlinkS));
    if (uplinkBps > 0)
    {
        helper.SetLink("ns3::llmmec::MecConstantLink",
                       "UplinkBps",
                       DoubleValue(uplinkBps),
                       "DownlinkLatency",
                       downlink);
        return;
    }
    helper.SetLink(LlmMecLinkNames::GetType(link));
    if (link == "fluid")
    {
        helper.SetLink(LlmMecLinkNames::GetType(link), "DownlinkLatency", downlink);
    }
}

LlmMecSpeculationHelper
LlmMecSpeculationScenario::MakeHelper(const std::string& decoding) const
{
    LlmMecSpeculationHelper helper;
    helper.SetStream(0);
    helper.SetDraft(m_draft);
    helper.SetTarget(m_target);
    LlmMecPlacement placement;
    placement.radiusM = radiusM;
    helper.SetPlacement(placement);
    helper.SetClient(CLIENT,
                     "Mode",
                     StringValue(MODES.at(decoding)),
                     "AheadPasses",
                     UintegerValue(GetAheadPasses()),
                     "Answers",
                     UintegerValue(answers),
                     "BitsPerToken",
                     DoubleValue(GetBitsPerToken()),
                     "DraftTime",
                     TimeValue(Seconds(draftTokenS)),
                     "AnswerTokens",
                     StringValue(FormatRandomVariable("tokens", tokens)),
                     "PromptTokens",
                     StringValue(FormatRandomVariable("promptTokens", promptTokens)));
    SetAcceptance(helper);
    SetWindow(helper);
    SetLink(helper);
    if (batteryJ > 0)
    {
        helper.SetBatteryJ(batteryJ);
    }
    return helper;
}

std::vector<LlmMecSpeculationCell>
LlmMecSpeculationScenario::BuildCells(const std::string& decoding) const
{
    NS_LOG_FUNCTION(this << decoding);
    LlmMecSpeculationHelper helper = MakeHelper(decoding);
    std::vector<LlmMecSpeculationCell> cells;
    // The first servers have one phone more where the phones do not divide.
    for (uint64_t server = 0; server < std::min(servers, devices); ++server)
    {
        const uint64_t phones = devices / servers + (server < devices % servers ? 1 : 0);
        SetEngine(helper, phones);
        cells.push_back(helper.InstallCell(static_cast<uint32_t>(phones)));
    }
    if (m_typed && decoding == mode)
    {
        helper.GetAttributeUse().RefuseUnused(*m_typed, INSTEAD);
    }
    return cells;
}

} // namespace llmmec
} // namespace ns3

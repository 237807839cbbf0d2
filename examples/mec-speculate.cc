/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

/*
 * Phones draft tokens with a small model, a server verifies them with a large one: how fast is
 * that, and is it faster than to ask the server outright, or to let the phone answer alone? The
 * same phones, radio and servers are run in both of these modes too.
 *
 *     ./llm-mec run mec-speculate --devices=20 --output=results/speculate
 *     ./llm-mec run mec-speculate --mode=conventional --acceptance=0.8 --window=4 \
 *         --draftTokenS=0.01 --verifyS=0.015 --uplinkBps=96e3 --downlinkS=0.002 --tokens=100000
 *     ./ns3 run "mec-speculate --pair=gpt2"
 *
 * With --output it writes rounds.csv, answers.csv and summary.json there. Any time may be a
 * constant; else the models of phones and servers, the engine and the radio give it. Things to try:
 *
 *     --acceptance=results/compress/pairs/small-quantization-4.json   the drafts of a real pair
 *     --window=optimal        by the closed form; estimated: the acceptance is not known
 *     --discipline=fcfs       a server that verifies one window at a time
 *     --payload=full          the draft's whole distribution goes up with each token
 *     --batteryJ=20           phones stop when their battery is empty
 *     --timeline=trace.json   who waits for whom; opens in https://ui.perfetto.dev
 */

#include "base/interruption.h"
#include "base/program.h"

#include "ns3/double.h"
#include "ns3/enum.h"
#include "ns3/llm-mec-pair-preset.h"
#include "ns3/llm-mec-random-variable.h"
#include "ns3/llm-mec-settings.h"
#include "ns3/llm-mec-speculation-helper.h"
#include "ns3/llm-mec-speculation-recorder.h"
#include "ns3/llm-mec-step-time.h"
#include "ns3/llm-mec-timeline.h"
#include "ns3/llm-pair.h"
#include "ns3/llm-roofline-step-time-model.h"
#include "ns3/mec-batching-pass-engine.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

const std::string SERVER_ONLY = "server-only"; //!< the server decodes alone
const std::string DEVICE_ONLY = "device-only"; //!< the device decodes alone

/// Modes by what is typed.
const std::map<std::string, std::string> MODES{{"conventional", "Conventional"},
                                               {"lock-step", "LockStep"},
                                               {"event", "Event"},
                                               {"streaming", "Streaming"},
                                               {SERVER_ONLY, "ServerOnly"},
                                               {DEVICE_ONLY, "DeviceOnly"}};

/// Bits of a draft by what goes up with it; of the whole distribution for each word.
const std::map<std::string, double> PAYLOADS{{"ids", 16},
                                             {"id-prob", 32},
                                             {"top-64", 2048},
                                             {"full", 16}};

/// Attributes that are set here in another way than by their defaults, and what is to be typed
/// instead.
const std::map<std::string, std::string> INSTEAD{
    {"ns3::llmmec::SpeculativeClient::Mode", "--mode"},
    {"ns3::llmmec::SpeculativeClient::AheadPasses", "--aheadPasses"},
    {"ns3::llmmec::SpeculativeClient::Acceptance", "--acceptance"},
    {"ns3::llmmec::SpeculativeClient::Window", "--window"},
    {"ns3::llmmec::SpeculativeClient::StepTimeModel", "--draft"},
    {"ns3::llmmec::SpeculativeClient::StepEnergyModel", "attributes of StepEnergyModel"},
    {"ns3::llmmec::SpeculativeServer::Engine", "--discipline"},
    {"ns3::llmmec::DisciplinePassEngine::Discipline", "--discipline"},
    {"ns3::llmmec::DisciplinePassEngine::StepTimeModel", "--target"},
    {"ns3::llmmec::DisciplinePassEngine::StepEnergyModel", "attributes of StepEnergyModel"},
    {"ns3::llmmec::ContinuousBatchingEngine::StepTimeModel", "--target"},
    {"ns3::llmmec::ContinuousBatchingEngine::StepEnergyModel", "attributes of StepEnergyModel"},
    {"ns3::llmmec::ContinuousBatchingEngine::PipelineDepth", "none: verdicts need 1"},
    {"ns3::llmmec::CoefficientStepTimeModel::File", "--draft or --target"},
    {"ns3::llmmec::MecUplinkChannel::PropagationLossModel", "attributes of its models"},
};

/// What a user may set.
struct Settings
{
    std::string mode{"event"};          ///< how answers are decoded
    std::string pair{"qwen3"};          ///< preset
    std::string draft;                  ///< step times of a device
    std::string target;                 ///< step times of a server
    double draftWeightBits{0};          ///< of a device's roofline; 0: of the preset
    double draftMemoryEfficiency{0.6};  ///< of a device's roofline
    std::string acceptance;             ///< number or file
    bool sampling{false};               ///< whether chance accepts drafts of a pair
    std::string window{"4"};            ///< number or policy
    double draftTokenS{0};              ///< constant, s
    double verifyS{0};                  ///< constant, s
    double preVerifyS{0};               ///< constant, s
    double uplinkBps{0};                ///< constant, bit/s
    double downlinkS{0};                ///< constant, s
    double headerBits{320};             ///< of a message
    double bitsPerToken{16};            ///< of a draft
    std::string payload{"ids"};         ///< what goes up with a draft
    std::string discipline{"batching"}; ///< how passes share a server
    std::string aheadPasses{"auto"};    ///< of servers
    uint64_t devices{1};                ///< in all
    uint64_t servers{1};                ///< in all
    std::string tokens{"100"};          ///< of an answer
    std::string promptTokens{"64"};     ///< of a prompt
    uint64_t answers{1};                ///< of each device
    double batteryJ{0};                 ///< of each device, J
    double radiusM{20};                 ///< of a cell, m
    bool baselines{true};               ///< whether the other modes are run too
    std::string output;                 ///< folder of the files
    std::string timeline;               ///< file of the timeline
    std::shared_ptr<const std::set<std::string>> typed; ///< names that were typed

    /// @param name of a setting @return whether it was typed
    bool Has(const std::string& name) const
    {
        return typed->count(name) > 0;
    }
};

/// @param names by key @return the keys
template <typename T>
std::vector<std::string>
GetKeys(const std::map<std::string, T>& names)
{
    std::vector<std::string> keys;
    for (const auto& [key, value] : names)
    {
        keys.push_back(key);
    }
    return keys;
}

/// @param name of a setting @param text of it @param least least value @param most largest value
/// @return it as a number
/// @throws std::invalid_argument in one line
uint64_t
ParseCount(const std::string& name, const std::string& text, uint64_t least, uint64_t most)
{
    uint64_t count = 0;
    std::istringstream stream(text);
    const bool isCount = !text.empty() && text[0] >= '0' && text[0] <= '9' && stream >> count &&
                         stream.peek() == std::istringstream::traits_type::eof();
    if (!isCount || count < least || count > most)
    {
        throw std::invalid_argument("--" + name + ": got " + text +
                                    ", expected a whole number from " + std::to_string(least) +
                                    " to " + std::to_string(most) +
                                    (name == "window" ? ", optimal or estimated" : " or auto"));
    }
    return count;
}

/// Put the settings on the command line. @param line the command line @param s the settings
void
AddSettings(LlmMecSettings& line, Settings& s)
{
    constexpr double longestS = 1e6;
    line.AddText("mode", "How answers are decoded", s.mode, GetKeys(MODES));
    line.AddText("pair",
                 "Preset of --draft, --target and --acceptance",
                 s.pair,
                 LlmMecPairPreset::GetNames());
    line.AddText("draft",
                 "What a step of a phone takes: a name of data/serving, a file, or "
                 "roofline:DEVICE:MODEL; that of --pair when empty",
                 s.draft);
    line.AddText("target", "What a step of a server takes, as --draft", s.target);
    line.AddNumber("draftWeightBits",
                   "Bits of a weight on a phone, by a roofline; those of --pair when 0, or with "
                   "--draft those of its device",
                   s.draftWeightBits,
                   0,
                   32);
    line.AddNumber("draftMemoryEfficiency",
                   "Share of its memory's rate that a phone reads weights with, by a roofline",
                   s.draftMemoryEfficiency,
                   1e-3,
                   1);
    line.AddText("acceptance",
                 "Probability that a draft is right, or the file of a pair of models",
                 s.acceptance);
    line.AddFlag("sampling",
                 "Both models of a pair sample at its temperature: drafts are accepted by chance",
                 s.sampling);
    line.AddText("window",
                 "Drafts that are sent together: a number, optimal or estimated",
                 s.window);
    line.AddNumber("draftTokenS",
                   "Time of a draft, s; by --draft when 0",
                   s.draftTokenS,
                   0,
                   longestS);
    line.AddNumber("verifyS",
                   "Time of verifying a window, s; by --target and --discipline when 0",
                   s.verifyS,
                   0,
                   longestS);
    line.AddNumber("preVerifyS",
                   "Time of a pass for one token, s; --verifyS when 0",
                   s.preVerifyS,
                   0,
                   longestS);
    line.AddNumber("uplinkBps",
                   "Rate of each uplink, bit/s; by the radio when 0",
                   s.uplinkBps,
                   0,
                   1e15);
    line.AddNumber("downlinkS", "Time of a verdict on the way, s", s.downlinkS, 0, longestS);
    line.AddNumber("headerBits", "Of each message, bits", s.headerBits, 0, 1e9);
    line.Bind("ns3::llmmec::SpeculativeClient::HeaderBits");
    line.AddNumber("bitsPerToken", "Of a draft, bits; see --payload", s.bitsPerToken, 0, 1e9);
    line.AddText("payload", "What goes up with a draft", s.payload, GetKeys(PAYLOADS));
    line.AddText("discipline",
                 "How passes share a server",
                 s.discipline,
                 {"batching", "fcfs", "slices", "processor-sharing", "dedicated"});
    line.AddText("aheadPasses",
                 "Passes of a server before it is asked, in case the device restarts; auto: "
                 "without end where --verifyS makes them free, else none",
                 s.aheadPasses);
    line.AddCount("devices", "Phones", s.devices, 1, 1000000);
    line.AddCount("servers", "Servers, with a part of the phones each", s.servers, 1, 100000);
    line.AddText("tokens", "Tokens of an answer, a number or random variable", s.tokens);
    line.AddText("promptTokens", "Tokens of a prompt, a number or random variable", s.promptTokens);
    line.AddCount("answers", "Answers of each phone", s.answers, 1, 1000000);
    line.AddNumber("batteryJ", "Battery of each phone, J; endless when 0", s.batteryJ, 0, 1e9);
    line.AddNumber("radiusM", "Radius of a cell, m", s.radiusM, 1e-3, 1e6);
    line.AddFlag("baselines", "Run server-only and device-only too", s.baselines);
    line.AddText("output", "Folder of the files; none when empty", s.output);
    line.AddText("timeline",
                 "Chrome trace of drafting, uploading, waiting and verifying; none when empty",
                 s.timeline);
    s.typed = line.GetTyped();
}

/// Refuse settings that have no effect. @param s the settings
void
RefuseUnused(const Settings& s)
{
    const auto refuse = [&s](const std::vector<std::string>& names, const std::string& why) {
        for (const std::string& name : names)
        {
            if (s.Has(name))
            {
                throw std::invalid_argument("--" + name + ": expected none with " + why);
            }
        }
    };
    if (s.Has("bitsPerToken"))
    {
        refuse({"payload"}, "--bitsPerToken");
    }
    if (s.verifyS == 0)
    {
        refuse({"preVerifyS"}, "no --verifyS");
    }
    else if (!s.Has("discipline"))
    {
        refuse({"target"}, "--verifyS");
    }
    if (s.draftTokenS > 0)
    {
        refuse({"draft", "draftMemoryEfficiency", "draftWeightBits"}, "--draftTokenS");
    }
    if (s.verifyS > 0 && s.discipline == "batching" && s.Has("discipline"))
    {
        refuse({"verifyS"}, "--discipline=batching, whose step times come from --target");
    }
    constexpr double slowestBps = 1e-3;
    if (s.uplinkBps > 0 && s.uplinkBps < slowestBps)
    {
        throw std::invalid_argument("--uplinkBps: got " + std::to_string(s.uplinkBps) +
                                    ", expected 0 or at least 0.001");
    }
    if (s.uplinkBps > 0)
    {
        refuse({"radiusM"}, "--uplinkBps");
    }
    if (s.mode == "conventional" || s.mode == "lock-step")
    {
        refuse({"aheadPasses"}, "--mode=" + s.mode);
    }
    if (s.mode == SERVER_ONLY || s.mode == DEVICE_ONLY)
    {
        refuse({"window", "aheadPasses", "bitsPerToken", "payload"}, "--mode=" + s.mode);
    }
}

/// What a study is made of.
struct Study
{
    const Settings& settings;              ///< what the user set
    LlmMecPairPreset preset{};             ///< of models
    std::shared_ptr<const LlmPair> pair{}; ///< of models whose texts are known, or null
    double acceptance{0};                  ///< of the drafts, mean
    Ptr<StepTimeModel> draft{};            ///< of a phone
    Ptr<StepTimeModel> target{};           ///< of a server
    LlmMecAttributeUse use{};              ///< of all objects
    LlmMecTimeline* timeline{nullptr};     ///< of its mode, or null
};

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

/// @param s the settings, without a pair @throws std::invalid_argument where chance should decide
void
RefuseSampling(const Settings& s)
{
    if (s.sampling)
    {
        throw std::invalid_argument("--sampling: expected the file of a pair as --acceptance");
    }
}

/// Find out which drafts are right. @param study gets it
void
ReadAcceptance(Study& study)
{
    const std::string& text = study.settings.acceptance;
    study.acceptance = study.preset.acceptance;
    if (text.empty())
    {
        RefuseSampling(study.settings);
        return;
    }
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    if (*end == '\0')
    {
        RefuseSampling(study.settings);
        if (!(number >= 0 && number <= 1))
        {
            throw std::invalid_argument("--acceptance: got " + text +
                                        ", expected a number from 0 to 1 or a file");
        }
        study.acceptance = number;
        return;
    }
    if (study.settings.Has("tokens") || study.settings.Has("promptTokens"))
    {
        throw std::invalid_argument("--tokens, --promptTokens: expected none with the file " +
                                    text + ", which has the answers");
    }
    study.pair = std::make_shared<const LlmPair>(ReadLlmPair(text));
    if (study.settings.sampling && !study.pair->temperature)
    {
        throw std::invalid_argument(text + ": no temperature, expected one with --sampling");
    }
    study.acceptance = GetMeanAcceptance(*study.pair, study.settings.sampling);
}

/// Make the models of phones and servers. @param study gets them
void
MakeModels(Study& study)
{
    const Settings& s = study.settings;
    study.draft = MakeStepTimeModel(s.draft.empty() ? study.preset.draft : s.draft);
    study.target = MakeStepTimeModel(s.target.empty() ? study.preset.target : s.target);
    const bool isRoofline = DynamicCast<RooflineStepTimeModel>(study.draft) != nullptr;
    for (const char* name : {"draftMemoryEfficiency", "draftWeightBits"})
    {
        if (!isRoofline && s.Has(name))
        {
            throw std::invalid_argument(std::string("--") + name +
                                        ": expected none with a draft that is no roofline");
        }
    }
    if (isRoofline)
    {
        study.draft->SetAttribute("MemoryEfficiency", DoubleValue(s.draftMemoryEfficiency));
        if (s.draft.empty() || s.draftWeightBits > 0)
        {
            const double bits =
                s.draftWeightBits > 0 ? s.draftWeightBits : study.preset.draftWeightBits;
            study.draft->SetAttribute("WeightBits", DoubleValue(bits));
        }
    }
}

/// @param study what is studied @return bits of a draft in a message
double
GetBitsPerToken(const Study& study)
{
    const Settings& s = study.settings;
    if (s.Has("bitsPerToken"))
    {
        return s.bitsPerToken;
    }
    const double words = study.pair ? study.pair->vocabularySize : study.preset.vocabulary;
    return PAYLOADS.at(s.payload) * (s.payload == "full" ? words : 1);
}

/// Choose window and acceptance. @param helper gets them @param study what is studied
void
SetSpeculation(LlmMecSpeculationHelper& helper, const Study& study)
{
    const Settings& s = study.settings;
    helper.SetAcceptance("ns3::llmmec::ConstantAcceptance", "Rate", DoubleValue(study.acceptance));
    if (study.pair)
    {
        helper.SetPair(study.pair);
    }
    if (s.sampling)
    {
        helper.SetAcceptance("ns3::llmmec::TranscriptAcceptance");
    }
    if (s.window == "optimal")
    {
        helper.SetWindow("ns3::llmmec::OptimalWindow",
                         "Acceptance",
                         DoubleValue(std::min(study.acceptance, 1 - 1e-9)));
    }
    else if (s.window == "estimated")
    {
        helper.SetWindow("ns3::llmmec::EstimatedWindow");
    }
    else
    {
        helper.SetWindow("ns3::llmmec::FixedWindow",
                         "Window",
                         UintegerValue(ParseCount("window", s.window, 1, 1024)));
    }
}

/// Choose what computes passes. @param helper gets it @param s the settings @param devices of a
/// server
void
SetEngine(LlmMecSpeculationHelper& helper, const Settings& s, uint64_t devices)
{
    const bool isConstant = s.verifyS > 0;
    if (s.discipline == "batching" && !isConstant)
    {
        helper.SetEngine("ns3::llmmec::BatchingPassEngine");
        return;
    }
    const std::string discipline = s.discipline == "fcfs"                ? "FirstComeFirstServed"
                                   : s.discipline == "processor-sharing" ? "ProcessorSharing"
                                                                         : "DedicatedServer";
    const std::string type = "ns3::llmmec::DisciplinePassEngine";
    helper.SetEngine(type, "Discipline", StringValue("ns3::llmmec::" + discipline + "Discipline"));
    if (isConstant)
    {
        const double tokenS = s.preVerifyS > 0 ? s.preVerifyS : s.verifyS;
        helper.SetEngine(type,
                         "VerifyTime",
                         TimeValue(Seconds(s.verifyS)),
                         "TokenTime",
                         TimeValue(Seconds(tokenS)));
    }
    if (s.discipline == "slices")
    {
        helper.SetEngine(type, "Share", DoubleValue(1.0 / static_cast<double>(devices)));
    }
}

/// @param s the settings @return passes of a server before it is asked
uint32_t
GetAheadPasses(const Settings& s)
{
    constexpr uint32_t withoutEnd = 4294967295;
    const bool isFree = s.verifyS > 0 && (!s.Has("discipline") || s.discipline == "dedicated" ||
                                          s.discipline == "slices");
    if (s.aheadPasses == "auto")
    {
        return isFree ? withoutEnd : 0;
    }
    return static_cast<uint32_t>(ParseCount("aheadPasses", s.aheadPasses, 0, withoutEnd));
}

/// @param study what is studied @param mode how answers are decoded @param devices of a server
/// @return a helper that builds its cells
LlmMecSpeculationHelper
MakeHelper(const Study& study, const std::string& mode, uint64_t devices)
{
    const Settings& s = study.settings;
    LlmMecSpeculationHelper helper;
    helper.SetStream(0);
    helper.SetDraft(study.draft);
    helper.SetTarget(study.target);
    LlmMecPlacement placement;
    placement.radiusM = s.radiusM;
    helper.SetPlacement(placement);
    const std::string client = "ns3::llmmec::SpeculativeClient";
    helper.SetClient(client,
                     "Mode",
                     StringValue(MODES.at(mode)),
                     "AheadPasses",
                     UintegerValue(GetAheadPasses(s)),
                     "Answers",
                     UintegerValue(s.answers),
                     "BitsPerToken",
                     DoubleValue(GetBitsPerToken(study)),
                     "DraftTime",
                     TimeValue(Seconds(s.draftTokenS)),
                     "AnswerTokens",
                     StringValue(FormatRandomVariable("tokens", s.tokens)),
                     "PromptTokens",
                     StringValue(FormatRandomVariable("promptTokens", s.promptTokens)));
    SetSpeculation(helper, study);
    SetEngine(helper, s, devices);
    const TimeValue downlink(Seconds(s.downlinkS));
    if (s.uplinkBps > 0)
    {
        helper.SetLink("ns3::llmmec::MecConstantLink",
                       "UplinkBps",
                       DoubleValue(s.uplinkBps),
                       "DownlinkLatency",
                       downlink);
    }
    else
    {
        helper.SetLink("ns3::llmmec::MecUplinkChannel", "DownlinkLatency", downlink);
    }
    if (s.batteryJ > 0)
    {
        helper.SetBatteryJ(s.batteryJ);
    }
    return helper;
}

/// Stop after Ctrl-C and other signals.
void
RequireGoingOn()
{
    if (base::InterruptionGuard::IsInterrupted())
    {
        throw base::Interruption("interrupted, nothing was written");
    }
}

/// Draw a cell. @param timeline gets it @param index of the cell @param cell it
void
Draw(LlmMecTimeline& timeline, std::size_t index, const LlmMecSpeculationCell& cell)
{
    if (const auto batching = DynamicCast<BatchingPassEngine>(cell.server->GetEngine()))
    {
        timeline.AddEngine(index, batching->GetEngine());
    }
    for (const Ptr<SpeculativeClient>& client : cell.clients)
    {
        timeline.AddSpeculation(index, client);
    }
}

/// Run one mode. @param study what is studied @param mode how answers are decoded @param recorder
/// gets rounds and answers
void
Simulate(Study& study, const std::string& mode, LlmMecSpeculationRecorder& recorder)
{
    const Settings& s = study.settings;
    std::vector<LlmMecSpeculationCell> cells;
    uint64_t left = s.devices; // batteries have events without end
    for (uint64_t server = 0; server < s.servers; ++server)
    {
        RequireGoingOn();
        const uint64_t devices = s.devices / s.servers + (server < s.devices % s.servers ? 1 : 0);
        if (devices == 0)
        {
            continue;
        }
        LlmMecSpeculationHelper helper = MakeHelper(study, mode, devices);
        constexpr int64_t streams = 1000000;
        helper.SetStream(static_cast<int64_t>(server) * streams);
        cells.push_back(helper.InstallCell(static_cast<uint32_t>(devices)));
        if (study.timeline && mode == s.mode)
        {
            Draw(*study.timeline, server, cells.back());
        }
        for (const Ptr<SpeculativeClient>& client : cells.back().clients)
        {
            client->TraceConnectWithoutContext(
                "Draft",
                Callback<void, uint32_t, double>([](uint32_t, double) { RequireGoingOn(); }));
            client->TraceConnectWithoutContext(
                "Round",
                Callback<void, const SpeculativeRound&>(
                    [&recorder, server](const SpeculativeRound& round) {
                        RequireGoingOn();
                        recorder.Add(server, round);
                    }));
            client->TraceConnectWithoutContext(
                "Answered",
                Callback<void, const SpeculativeOutcome&>(
                    [&recorder, &left, server, phone = PeekPointer(client)](
                        const SpeculativeOutcome& outcome) {
                        RequireGoingOn();
                        recorder.Add(server, outcome);
                        left -= phone->HasEnded();
                        if (left == 0)
                        {
                            Simulator::Stop();
                        }
                    }));
        }
        study.use = helper.GetAttributeUse();
    }
    if (mode == s.mode)
    {
        study.use.RefuseUnused(*s.typed, INSTEAD);
    }
    Simulator::Run();
    Simulator::Destroy();
}

/// @param name of a mode @param totals of it
void
PrintRow(const std::string& name, const LlmMecSpeculationTotals& totals)
{
    const auto distributions = totals.GetDistributions();
    std::cout << std::left << std::setw(14) << name << std::right << std::setprecision(5)
              << std::setw(11) << totals.GetTokensPerS();
    for (const char* key : {"ttftS", "tpotS", "latencyS"})
    {
        const auto found = std::find_if(distributions.begin(),
                                        distributions.end(),
                                        [key](const auto& d) { return d.first == key; });
        if (found == distributions.end())
        {
            std::cout << std::setw(11) << "-";
            continue;
        }
        std::cout << std::setw(11) << found->second.mean;
    }
    std::cout << std::setw(11) << totals.GetJoulesPerToken() << '\n';
}

/// Print what came out. @param study what was studied @param totals of its mode @param others of
/// other modes
void
Print(const Study& study,
      const LlmMecSpeculationTotals& totals,
      const std::vector<std::pair<std::string, LlmMecSpeculationTotals>>& others)
{
    std::cout << totals.GetComplete() << " of " << totals.GetAnswers()
              << " answers complete, acceptance " << study.acceptance << ", "
              << totals.GetTokensPerStep() << " tokens a verdict, " << totals.GetDraftedPerToken()
              << " drafts a token\n\n";
    std::cout << std::left << std::setw(14) << "mode" << std::right;
    for (const char* name : {"tokens/s", "TTFT s", "TPOT s", "latency s", "J/token"})
    {
        std::cout << std::setw(11) << name;
    }
    std::cout << '\n';
    PrintRow(study.settings.mode, totals);
    for (const auto& [name, other] : others)
    {
        PrintRow(name, other);
    }
    std::cout << "\ntokens/s as a phone sees them while it is answered; means over answers; joules "
                 "of phone, radio and server\n";
}

/// Run the study. @param argc number of arguments @param argv arguments
void
Run(int argc, char* argv[])
{
    const base::InterruptionGuard guard; // seen when a round or an answer ends
    Settings settings;
    LlmMecSettings line;
    AddSettings(line, settings);
    line.Parse(argc, argv, __FILE__, "Phones draft tokens, a server verifies them.");
    RefuseUnused(settings);

    Study study{settings};
    study.preset = LlmMecPairPreset::Find(settings.pair);
    ReadAcceptance(study);
    MakeModels(study);
    LlmMecSpeculationRecorder recorder(settings.output);
    std::unique_ptr<LlmMecTimeline> timeline;
    if (!settings.timeline.empty())
    {
        timeline = std::make_unique<LlmMecTimeline>(settings.timeline);
        study.timeline = timeline.get();
    }
    Simulate(study, settings.mode, recorder);
    std::vector<std::pair<std::string, LlmMecSpeculationTotals>> others;
    for (const auto& [mode, name] :
         {std::pair{SERVER_ONLY, "serverOnly"}, std::pair{DEVICE_ONLY, "deviceOnly"}})
    {
        if (settings.baselines && mode != settings.mode)
        {
            LlmMecSpeculationRecorder other("");
            Simulate(study, mode, other);
            others.emplace_back(name, other.GetTotals());
        }
    }
    recorder.Finish(line.GetValues(), others);
    if (timeline)
    {
        timeline->Finish();
    }
    Print(study, recorder.GetTotals(), others);
}

} // namespace

int
main(int argc, char* argv[])
{
    return base::RunProgram("mec-speculate", argc, argv, [&]() { Run(argc, argv); });
}

/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

/*
 * An MEC server serves tokens: prompts are computed in chunks, answers are decoded in batches, and
 * memory is KV blocks, as in vLLM. Phones ask at a Poisson rate or by a trace, and may answer by
 * themselves; or the requests of a trace come to the server alone.
 *
 *     ./llm-mec run mec-serve --rate=4 --output=results/serve
 *     ./llm-mec run mec-serve --serving=rtx4090-llama-3.1-8b --trace=FILE --seats=256 --blocks=2588
 *     ./llm-mec run mec-serve --phoneTrace=FILE --mlus=20
 *     ./ns3 run "mec-serve --rate=4"
 *
 * With --output it writes requests.csv and summary.json there. Things to try:
 *
 *     --serving=roofline:laptop:qwen3-8b   a device and a model that were not measured
 *     --policy=server                      phones send all prompts up
 *     --serverDiscipline=ProcessorSharing  a textbook server instead
 *     --pipelineDepth=1 --prefixCaching=0  what the engine's parts are worth
 *     --timeline=trace.json                opens in https://ui.perfetto.dev
 *     --mlus=100 --cells=100 --rate=10     10,000 phones on 100 servers
 */

#include "base/interruption.h"
#include "base/program.h"
#include "base/terminal.h"

#include "ns3/boolean.h"
#include "ns3/llm-mec-chat-helper.h"
#include "ns3/llm-mec-link-names.h"
#include "ns3/llm-mec-phone-replay.h"
#include "ns3/llm-mec-random-variable.h"
#include "ns3/llm-mec-request-recorder.h"
#include "ns3/llm-mec-request-trace.h"
#include "ns3/llm-mec-server-replay.h"
#include "ns3/llm-mec-settings.h"
#include "ns3/llm-mec-step-time.h"
#include "ns3/llm-mec-timeline.h"
#include "ns3/llm-step-energy-model.h"
#include "ns3/llm-step-time-compute-model.h"
#include "ns3/mec-continuous-batching-discipline.h"
#include "ns3/object-factory.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

const std::string BATCHING = "ContinuousBatching"; //!< the discipline with an engine

/// Attributes that are set here in another way than by their defaults, and what is to be typed
/// instead.
const std::map<std::string, std::string> INSTEAD{
    {"ns3::Application::StopTime", "--durationS"},
    {"ns3::llmmec::MluChatClient::Interval", "--rate"},
    {"ns3::llmmec::MluChatClient::Policy", "--policy"},
    {"ns3::llmmec::MluChatClient::ComputeModel", "--deviceServing"},
    {"ns3::llmmec::MecServerApplication::ComputeModel", "--serving"},
    {"ns3::llmmec::MecServerApplication::Discipline", "--serverDiscipline"},
    {"ns3::llmmec::ContinuousBatchingDiscipline::Engine", "--seats and others of the engine"},
    {"ns3::llmmec::ContinuousBatchingEngine::StepTimeModel", "--serving"},
    {"ns3::llmmec::ContinuousBatchingEngine::StepEnergyModel", "attributes of StepEnergyModel"},
    {"ns3::llmmec::StepTimeComputeModel::StepTimeModel", "--serving or --deviceServing"},
    {"ns3::llmmec::StepTimeComputeModel::StepEnergyModel", "attributes of StepEnergyModel"},
    {"ns3::llmmec::CoefficientStepTimeModel::File", "--serving"},
    {"ns3::llmmec::MecUplinkChannel::PropagationLossModel", "attributes of its models"},
    {"ns3::llmmec::MecUplinkBand::PropagationLossModel", "attributes of its models"},
    {"ns3::llmmec::MecPacketLink::PropagationLossModel", "attributes of its models"},
    {"ns3::llmmec::MecNetworkLink::PropagationLossModel", "attributes of its models"},
};

/// What a user may set.
struct Settings
{
    std::string serving{"rtx4090-llama-3.1-8b"};              ///< of the server
    std::string deviceServing{"roofline:phone:llama-3.1-8b"}; ///< of phones
    std::string trace;                                        ///< requests to the server
    std::string phoneTrace;                                   ///< requests to phones
    std::string link{"fluid"};                                ///< of LlmMecLinkNames
    double rate{1};                                           ///< of questions in a cell, 1/s
    double durationS{60};                                     ///< of asking, s
    uint64_t mlus{10};                                        ///< phones in a cell
    uint64_t cells{1};                                        ///< independent cells
    std::string promptTokens;                                 ///< random variable
    std::string answerTokens;                                 ///< random variable
    std::string policy{"faster"};                             ///< who answers
    std::string discipline{BATCHING};                         ///< of the server
    double seats{128};                                        ///< of the engine
    double blocks{0};                                         ///< of the engine
    double tokenBudget{2048};                                 ///< of the engine
    double pipelineDepth{2};                                  ///< of the engine
    bool prefixCaching{true};                                 ///< of the engine
    double stepOverheadS{1e-3};                               ///< of steps
    LatencyLimits limits;                                     ///< of goodput
    std::string output;                                       ///< folder of the files
    std::string timeline;                                     ///< file of the timeline
    std::shared_ptr<const std::set<std::string>> typed;       ///< names that were typed
};

/// Put the settings on the command line. @param line the command line @param s the settings
void
AddSettings(LlmMecSettings& line, Settings& s)
{
    const std::string engine = "ns3::llmmec::ContinuousBatchingEngine::";
    const std::string client = "ns3::llmmec::MluChatClient::";
    line.AddText("serving",
                 "What a step of the server takes: a name of data/serving, a file, or "
                 "roofline:DEVICE:MODEL",
                 s.serving);
    line.AddText("trace", "CSV file of requests to the server, instead of phones", s.trace);
    line.AddText("phoneTrace",
                 "CSV file of requests that phones ask, instead of Poisson ones",
                 s.phoneTrace);
    line.AddText("link", LlmMecLinkNames::GetHelp(), s.link, LlmMecLinkNames::GetAll());
    line.AddNumber("rate", "Questions of all phones of a cell, 1/s", s.rate, 1e-9, 1e6);
    line.AddNumber("durationS", "How long phones ask, s", s.durationS, 1e-3, 1e8);
    line.AddCount("mlus", "Phones in a cell", s.mlus, 1, 100000);
    line.AddCount("cells", "Number of cells, independent of each other", s.cells, 1, 100000);
    line.AddText("promptTokens", "Tokens of a prompt, a number or random variable", s.promptTokens);
    line.Bind(client + "PromptTokens");
    line.AddText("answerTokens",
                 "Tokens of an answer, a number or random variable",
                 s.answerTokens);
    line.Bind(client + "AnswerTokens");
    line.AddText("deviceServing", "What a step of a phone takes, as serving", s.deviceServing);
    line.AddText("policy", "Who answers a question", s.policy, RequestPolicy::GetNames());
    line.AddText("serverDiscipline",
                 "How requests share the server",
                 s.discipline,
                 {BATCHING, "DedicatedServer", "ProcessorSharing", "FirstComeFirstServed"});
    line.AddAttribute("seats", engine + "Seats", s.seats);
    line.AddAttribute("blocks", engine + "Blocks", s.blocks);
    line.AddAttribute("tokenBudget", engine + "TokenBudget", s.tokenBudget);
    line.AddAttribute("pipelineDepth", engine + "PipelineDepth", s.pipelineDepth);
    line.AddAttribute("prefixCaching", engine + "PrefixCaching", s.prefixCaching);
    line.AddNumber("stepOverheadS",
                   "What each step takes besides computing, s",
                   s.stepOverheadS,
                   0,
                   1000);
    line.Bind("ns3::llmmec::StepTimeModel::StepOverhead");
    line.AddNumber("ttftLimitS", "Time to first token of goodput, s", s.limits.ttftS, 0, 1e9);
    line.AddNumber("tpotLimitS", "Time per output token of goodput, s", s.limits.tpotS, 0, 1e9);
    line.AddText("output", "Folder of requests.csv, summary.json; no files when empty", s.output);
    line.AddText("timeline",
                 "Chrome trace of steps, uploads and answers; none when empty",
                 s.timeline);
    s.typed = line.GetTyped();
}

/// What both kinds of runs need.
struct Study
{
    const Settings& settings;                             ///< what the user set
    LlmMecRequestRecorder& recorder;                      ///< of the requests
    LlmMecTimeline* timeline;                             ///< or null
    std::vector<Ptr<ContinuousBatchingEngine>> engines{}; ///< of the servers
    LlmMecAttributeUse use{};                             ///< of all objects
    std::unique_ptr<LlmMecServerReplay> serverReplay{};   ///< of --trace, or null
    std::unique_ptr<LlmMecPhoneReplay> phoneReplay{};     ///< of --phoneTrace, or null
    std::size_t requests{0};                              ///< of a trace
    std::vector<LlmMecChatCell> cells{};                  ///< of phones
    uint64_t steps{0};                                    ///< of all engines
    uint64_t percent{0};                                  ///< of progress that was shown
    bool isShown{base::ShowsProgress()};                  ///< whether progress is shown
};

/// Show how far the run is, and stop it after signals. @param study notes what was shown
void
Watch(Study& study)
{
    base::InterruptionGuard::RequireGoingOn();
    if (!study.isShown)
    {
        return;
    }
    // Of a trace requests are counted; otherwise phones ask for a time, and what is left then is
    // few answers.
    const double share =
        study.requests == 0
            ? Simulator::Now().GetSeconds() / study.settings.durationS
            : static_cast<double>(study.recorder.GetAll()) / static_cast<double>(study.requests);
    const auto percent = static_cast<uint64_t>(100 * std::min(share, 1.0));
    if (percent != study.percent)
    {
        study.percent = percent;
        std::cerr << "\r" << percent << " %" << (percent == 100 ? "\r     \r" : "") << std::flush;
    }
}

/// Record a request that has ended. @param study notes it @param cell index of its cell
/// @param outcome how it went
void
Record(Study& study, std::size_t cell, const LlmRequestOutcome& outcome)
{
    study.recorder.Add(cell, outcome);
    Watch(study);
}

/// Refuse settings that have no effect. @param s the settings
void
RefuseUnused(const Settings& s)
{
    const auto refuse = [&s](const std::vector<std::string>& names, const std::string& why) {
        for (const std::string& name : names)
        {
            if (s.typed->count(name) > 0)
            {
                throw std::invalid_argument("--" + name + ": expected none with " + why);
            }
        }
    };
    if (!s.phoneTrace.empty())
    {
        refuse({"rate", "durationS", "cells", "promptTokens", "answerTokens"},
               "--phoneTrace, which says who asks what in one cell");
    }
    if (!s.trace.empty())
    {
        refuse({"phoneTrace",
                "link",
                "rate",
                "durationS",
                "mlus",
                "cells",
                "promptTokens",
                "answerTokens",
                "deviceServing",
                "policy"},
               "--trace, which says who asks what");
    }
    if (s.discipline != BATCHING)
    {
        refuse({"seats", "blocks", "tokenBudget", "pipelineDepth", "prefixCaching"},
               "--serverDiscipline=" + s.discipline + ", which has no engine");
    }
}

/// Watch an engine. @param study gets it @param cell index of its cell @param discipline it is of
void
AddEngine(Study& study, std::size_t cell, Ptr<MecServerDiscipline> discipline)
{
    auto batching = DynamicCast<ContinuousBatchingDiscipline>(discipline);
    if (!batching)
    {
        return;
    }
    Ptr<ContinuousBatchingEngine> engine = batching->GetEngine();
    study.engines.push_back(engine);
    engine->TraceConnectWithoutContext(
        "Step",
        Callback<void, const TokenStepRecord&>([&study](const TokenStepRecord&) {
            ++study.steps;
            Watch(study);
        }));
    if (study.timeline)
    {
        study.timeline->AddEngine(cell, engine);
    }
}

/// Have a trace replayed. @param study notes how many requests there are @param replay gets them
/// @param requests of the trace
template <typename Replay>
void
AddRequests(Study& study, Replay& replay, const std::vector<LlmMecTracedRequest>& requests)
{
    study.requests = requests.size();
    for (const LlmMecTracedRequest& request : requests)
    {
        base::InterruptionGuard::RequireGoingOn();
        replay.Add(request);
    }
}

/// Give the requests of a trace to a server. @param study gets the server
void
BuildTrace(Study& study)
{
    const Settings& s = study.settings;
    const std::vector<LlmMecTracedRequest> requests = ReadRequestTrace(s.trace);
    const Ptr<StepTimeModel> serving = MakeStepTimeModel(s.serving);
    auto compute = CreateObject<StepTimeComputeModel>();
    compute->SetAttribute("StepTimeModel", PointerValue(serving));
    ObjectFactory factory("ns3::llmmec::" + s.discipline + "Discipline");
    auto discipline = factory.Create<MecServerDiscipline>();
    AddEngine(study, 0, discipline);
    for (const auto& engine : study.engines)
    {
        engine->SetAttribute("StepTimeModel", PointerValue(serving));
        PointerValue energy;
        engine->GetAttribute("StepEnergyModel", energy);
        study.use.Note(energy.Get<StepEnergyModel>());
        study.use.Note(engine);
    }
    study.use.Note(serving);
    study.use.Note(discipline);
    study.serverReplay = std::make_unique<LlmMecServerReplay>(
        discipline,
        compute,
        LlmMecServerReplay::OutcomeCallback(
            [&study](const LlmRequestOutcome& outcome) { Record(study, 0, outcome); }));
    AddRequests(study, *study.serverReplay, requests);
}

/// Say when phones ask, and how much. @param s the settings @param chat gets it
void
SetQuestions(const Settings& s, LlmMecChatHelper& chat)
{
    const std::string client = "ns3::llmmec::MluChatClient";
    if (!s.phoneTrace.empty())
    {
        chat.SetClient(client, "Interval", PointerValue());
        return;
    }
    std::ostringstream interval;
    interval.precision(17);
    interval << "ns3::ExponentialRandomVariable[Mean=" << static_cast<double>(s.mlus) / s.rate
             << "]";
    chat.SetClient(client, "Interval", StringValue(interval.str()));
    for (const auto& [name, attribute, text] :
         {std::tuple{"promptTokens", "PromptTokens", s.promptTokens},
          std::tuple{"answerTokens", "AnswerTokens", s.answerTokens}})
    {
        if (!text.empty())
        {
            chat.SetClient(client, attribute, StringValue(FormatRandomVariable(name, text)));
        }
    }
}

/// Stop the simulation once all questions are answered: wifi and LTE have events without end.
/// @param study whose questions
void
StopWhenAnswered(const Study& study)
{
    std::size_t pending = study.requests > 0 ? study.requests - study.recorder.GetAll() : 0;
    for (const LlmMecChatCell& cell : study.cells)
    {
        for (const Ptr<MluChatClient>& phone : cell.clients)
        {
            pending += phone->GetPending();
        }
    }
    if (pending == 0)
    {
        Simulator::Stop();
        return;
    }
    Simulator::Schedule(Seconds(1), &StopWhenAnswered, std::cref(study));
}

/// Build cells of phones. @param study gets the cells
void
BuildCells(Study& study)
{
    const Settings& s = study.settings;
    const auto mlus = static_cast<uint32_t>(s.mlus);
    std::vector<LlmMecTracedRequest> requests;
    if (!s.phoneTrace.empty())
    {
        requests = ReadRequestTrace(s.phoneTrace, mlus);
    }
    LlmMecChatHelper chat;
    chat.SetStream(0);
    chat.SetServing(MakeStepTimeModel(s.serving));
    chat.SetDeviceServing(MakeStepTimeModel(s.deviceServing));
    chat.SetPolicy(s.policy);
    chat.SetServerDiscipline("ns3::llmmec::" + s.discipline + "Discipline");
    chat.SetLink(LlmMecLinkNames::GetType(s.link));
    SetQuestions(s, chat);
    for (uint64_t c = 0; c < s.cells; ++c)
    {
        base::InterruptionGuard::RequireGoingOn();
        const LlmMecChatCell cell = chat.InstallCell(mlus);
        AddEngine(study, c, cell.server->GetDiscipline());
        for (const Ptr<MluChatClient>& phone : cell.clients)
        {
            if (requests.empty())
            {
                phone->SetStopTime(cell.link->GetReadyTime() + Seconds(s.durationS));
            }
            phone->TraceConnectWithoutContext(
                "Answered",
                Callback<void, const LlmRequestOutcome&>(
                    [&study, c](const LlmRequestOutcome& outcome) { Record(study, c, outcome); }));
            if (study.timeline)
            {
                study.timeline->AddClient(c, phone);
            }
        }
        study.cells.push_back(cell);
    }
    study.use = chat.GetAttributeUse();
    if (study.cells.front().link->HasEndlessEvents())
    {
        const Time asked = requests.empty() ? Seconds(s.durationS) : Time(0);
        Simulator::Schedule(study.cells.front().link->GetReadyTime() + asked,
                            &StopWhenAnswered,
                            std::cref(study));
    }
    if (!requests.empty())
    {
        study.phoneReplay = std::make_unique<LlmMecPhoneReplay>(study.cells.front());
        AddRequests(study, *study.phoneReplay, requests);
    }
}

/// @param study what was run @return what its engines did
ServerTotals
GetTotals(const Study& study)
{
    ServerTotals totals;
    totals.steps = study.steps;
    for (const auto& engine : study.engines)
    {
        totals.busyS += engine->GetBusyS();
        totals.stepEnergyJ += engine->GetStepEnergyJ();
    }
    return totals;
}

/// Run the study. @param argc number of arguments @param argv arguments
void
Run(int argc, char* argv[])
{
    const base::InterruptionGuard guard; // seen when a step or a request ends
    Settings settings;
    LlmMecSettings line;
    AddSettings(line, settings);
    line.Parse(argc, argv, __FILE__, "An MEC server serves tokens.");
    RefuseUnused(settings);

    LlmMecRequestRecorder recorder(settings.output, settings.limits);
    std::unique_ptr<LlmMecTimeline> timeline;
    if (!settings.timeline.empty())
    {
        timeline = std::make_unique<LlmMecTimeline>(settings.timeline);
    }
    Study study{settings, recorder, timeline.get()};
    if (settings.trace.empty())
    {
        BuildCells(study);
    }
    else
    {
        BuildTrace(study);
    }
    study.use.RefuseUnused(*settings.typed, INSTEAD);
    Simulator::Run();
    const ServerTotals totals = GetTotals(study);
    recorder.Finish(line.GetValues(), totals);
    if (timeline)
    {
        timeline->Finish();
    }
    recorder.Print(std::cout, totals);
    Simulator::Destroy();
}

} // namespace

int
main(int argc, char* argv[])
{
    return base::RunProgram("mec-serve", argc, argv, [&]() { Run(argc, argv); });
}

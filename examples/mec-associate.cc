/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

/*
 * Which server verifies the drafts of each phone, and how much of its band and computing each gets
 * (arXiv:2511.01695). Each slot is drawn anew, and is run token by token with --level=token.
 *
 *     ./llm-mec run mec-associate
 *     ./llm-mec run mec-associate --devices=90 --servers=10 --association=random --shares=uniform
 *     ./ns3 run "mec-associate --objective=speculative --output=results/associate"
 *
 * With --output it writes associations.csv and summary.json there. Things to try:
 *
 *     --association=tma --shares=optimal      as the paper, but for its learned shares
 *     --association=greedy --shares=full-band one line, and all of the band
 *     --association=tma-masac --checkpoint=FILE   what mec-train --task=association has learned
 *     --payload=full                          whole distributions go up
 *     --level=token --discipline=batching --windows=optimal   passes in common steps
 *     --queues=carried --batteryJ=5500        slots go on from each other in one network
 *     --ns3::llmmec::LlmMecAssociationMap::PathLoss=ns3::LogDistancePropagationLossModel
 */

#include "base/interruption.h"
#include "base/program.h"

#include "ns3/association-bound.h"
#include "ns3/association-policy.h"
#include "ns3/association-share-policy.h"
#include "ns3/association-token-shares.h"
#include "ns3/double.h"
#include "ns3/llm-mec-association-cells.h"
#include "ns3/llm-mec-association-recorder.h"
#include "ns3/llm-mec-association-scenario.h"
#include "ns3/llm-mec-association-slots.h"
#include "ns3/llm-mec-attribute-use.h"
#include "ns3/llm-mec-data-folder.h"
#include "ns3/llm-mec-draft-payload.h"
#include "ns3/llm-mec-settings.h"
#include "ns3/llm-mec-statistics.h"
#include "ns3/object-factory.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

#include <algorithm>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

/// What a user may set.
struct Settings
{
    double devices{30};                   ///< M
    double servers{4};                    ///< E
    std::string association{"move-swap"}; ///< policy
    std::string shares{"auto"};           ///< policy
    std::string checkpoint;               ///< of learned shares
    std::string objective{"paper"};       ///< of policies that have one
    std::string level{"slot"};            ///< of detail
    std::string discipline{"slices"};     ///< how passes share a server
    std::string windows{"fixed"};         ///< how they are chosen
    std::string payload{"ids"};           ///< what goes up for a draft
    uint64_t slots{100};                  ///< how many
    std::string queues{"drawn"};          ///< of servers, at the begin of a slot
    double batteryJ{0};                   ///< of a full battery; 0: drawn for each slot
    std::string output;                   ///< folder of the files
};

constexpr double VOCABULARY = 50257; //!< tokens of GPT-2, whose sizes the scenario has

/// Attributes that are set here in another way, and what is to be typed instead.
const std::map<std::string, std::string> INSTEAD{
    {"ns3::llmmec::LlmMecAssociationScenario::BitsPerDraft", "--payload"},
    {"ns3::llmmec::AssociationSearchPolicy::Objective", "--objective"},
    {"ns3::llmmec::TmaMasacAssociationPolicy::Checkpoint", "--checkpoint"},
    {"ns3::llmmec::LearnedAssociationSharePolicy::Checkpoint", "--checkpoint"},
    {"ns3::llmmec::OptimalAssociationSharePolicy::Objective", "--objective"},
    {"ns3::llmmec::SpeculativeClient::Mode", "--level"},
    {"ns3::llmmec::SpeculativeClient::AnswerTokens", "attributes of LlmMecAssociationScenario"},
    {"ns3::llmmec::SpeculativeClient::PromptTokens", "none: a prompt is one token"},
    {"ns3::llmmec::SpeculativeClient::Window", "--windows"},
    {"ns3::llmmec::SpeculativeClient::DraftTime", "attributes of LlmMecAssociationScenario"},
    {"ns3::llmmec::SpeculativeClient::HeaderBits", "LlmMecAssociationScenario::HeaderBits"},
    {"ns3::llmmec::SpeculativeClient::BitsPerToken", "--payload"},
    {"ns3::llmmec::ConstantAcceptance::Rate", "attributes of LlmMecAssociationScenario"},
    {"ns3::llmmec::FixedWindow::Window", "LlmMecAssociationScenario::Window"},
    {"ns3::llmmec::OptimalWindow::Acceptance", "attributes of LlmMecAssociationScenario"},
    {"ns3::llmmec::SpeculativeServer::Engine", "--discipline"},
    {"ns3::llmmec::BatchingPassEngine::Engine", "attributes of ContinuousBatchingEngine"},
    {"ns3::llmmec::DisciplinePassEngine::Discipline", "--discipline"},
    {"ns3::llmmec::DisciplinePassEngine::Share", "--shares"},
    {"ns3::llmmec::ContinuousBatchingEngine::Blocks", "none: memory has room for all"},
    {"ns3::llmmec::ContinuousBatchingEngine::PipelineDepth", "none: verdicts need 1"},
    {"ns3::llmmec::StepTimeModel::StepOverhead", "none: the problem has none"},
    {"ns3::llmmec::MecConstantLink::UplinkBps", "attributes of LlmMecAssociationMap"},
    {"ns3::llmmec::MecConstantLink::DownlinkLatency", "LlmMecAssociationScenario::DownlinkS"}};

/// Numbers of a slot.
const std::vector<std::string> NAMES{"latencyS",
                                     "objective",
                                     "bound",
                                     "slotLatencyS",
                                     "tokenLatencyS",
                                     "uploadS",
                                     "sync",
                                     "energyPrice",
                                     "energyJ",
                                     "bandShare",
                                     "unserved"};

/// A further one at token level.
const std::string SERVER_ONLY = "serverOnlyLatencyS";

/// Put the settings on the command line. @param line the command line @param s the settings
void
AddSettings(LlmMecSettings& line, Settings& s)
{
    const std::string scenario = "ns3::llmmec::LlmMecAssociationScenario::";
    line.AddAttribute("devices", scenario + "Devices", s.devices);
    line.AddAttribute("servers", scenario + "Servers", s.servers);
    line.AddText("association",
                 "Who chooses servers",
                 s.association,
                 AssociationPolicy::GetNames());
    std::vector<std::string> shares = AssociationSharePolicy::GetNames();
    shares.insert(shares.begin(), "auto");
    line.AddText("shares",
                 "Who divides servers; auto: learned for tma-masac, else optimal",
                 s.shares,
                 shares);
    line.AddText("checkpoint",
                 "File or folder of what mec-train --task=association has learned",
                 s.checkpoint);
    line.AddText("objective",
                 "What is to be small: P1, or latencies at token level",
                 s.objective,
                 {"paper", "speculative"});
    line.AddText("level",
                 "Level of detail: closed forms, or each draft, upload, pass and verdict",
                 s.level,
                 {"slot", "token"});
    line.AddText("discipline",
                 "How passes share a server at token level",
                 s.discipline,
                 LlmMecAssociationCells::GetDisciplines());
    line.AddText("windows",
                 "Who chooses windows at token level",
                 s.windows,
                 LlmMecAssociationCells::GetWindows());
    line.AddText("payload", "What goes up for a draft", s.payload, LlmMecDraftPayload::GetNames());
    line.AddCount("slots", "Slots, each drawn anew", s.slots, 1, 1000000);
    line.AddText("queues",
                 "Of servers at the begin of a slot: drawn, or carried over in one network",
                 s.queues,
                 {"drawn", "carried"});
    line.AddNumber(
        "batteryJ",
        "Energy of a full battery in one network, J; 0: batteries are drawn for each slot",
        s.batteryJ,
        0,
        1e12);
    line.AddText("output",
                 "Folder of associations.csv, summary.json; no files when empty",
                 s.output);
}

/// Fill in what follows, and refuse a checkpoint without effect. @param s the settings
void
Complete(Settings& s)
{
    const bool isLearned = s.association == "tma-masac";
    if (s.shares == "auto")
    {
        s.shares = isLearned ? "learned" : "optimal";
    }
    if (!s.checkpoint.empty() && !isLearned && s.shares != "learned")
    {
        throw std::invalid_argument("--checkpoint=" + s.checkpoint +
                                    ": expected none, --association=" + s.association +
                                    " --shares=" + s.shares + " need no checkpoint");
    }
    if (std::filesystem::is_directory(s.checkpoint))
    {
        s.checkpoint += "/checkpoint"; // as mec-train --output=FOLDER writes it
    }
}

/// Refuse settings without effect. @param settings what was set @param typed names that were typed
void
RefuseUnused(const Settings& settings, const std::set<std::string>& typed)
{
    for (const char* name : {"discipline", "windows"})
    {
        if (settings.level == "slot" && typed.count(name) > 0)
        {
            throw std::invalid_argument("--" + std::string(name) +
                                        ": expected none with --level=slot");
        }
    }
    for (const char* name : {"queues", "batteryJ"})
    {
        if (settings.level == "token" && typed.count(name) > 0)
        {
            throw std::invalid_argument("--" + std::string(name) +
                                        ": expected none with --level=token");
        }
    }
}

/// @param find of policies @param name of one @param settings it gets objective and checkpoint
/// where it has the attributes @param use notes it @return the policy
template <typename Policy>
Ptr<Policy>
MakePolicy(TypeId (*find)(const std::string&),
           const std::string& name,
           const Settings& settings,
           LlmMecAttributeUse& use)
{
    ObjectFactory factory;
    factory.SetTypeId(find(name));
    Ptr<Policy> policy = factory.Create<Policy>();
    policy->SetAttributeFailSafe("Objective", StringValue(settings.objective));
    policy->SetAttributeFailSafe("Checkpoint",
                                 StringValue(LlmMecDataFolder::FindPolicy(settings.checkpoint)));
    use.Note(policy);
    return policy;
}

/// No shares of all servers have a smaller sum of latencies at token level.
/// @param problem all that holds @param decision whose association holds @return the bound, s
double
BoundShares(const AssociationProblem& problem, const AssociationDecision& decision)
{
    const auto groups = GroupByServer(decision.server, problem.GetE());
    double bound = 0;
    for (std::size_t j = 0; j < groups.size(); ++j)
    {
        const auto server = static_cast<Eigen::Index>(j);
        if (!groups[j].empty())
        {
            bound += BoundTokens(problem,
                                 server,
                                 groups[j],
                                 DivideForTokens(problem, server, groups[j]));
        }
    }
    return bound;
}

/// Run a slot token by token. @param cells run it @param slot index @param problem of it
/// @param decision for it @param numbers of the slot; the latency is replaced, and that of the
/// servers alone appended
void
RunTokens(LlmMecAssociationCells& cells,
          uint64_t slot,
          const AssociationProblem& problem,
          const AssociationDecision& decision,
          std::vector<double>& numbers)
{
    // Slots have those below.
    const int64_t stream = static_cast<int64_t>(slot + 1) * LlmMecAssociationCells::STREAMS;
    const auto unserved = std::count(decision.server.begin(), decision.server.end(), NO_SERVER);
    const double most = std::max<double>(static_cast<double>(problem.GetM() - unserved), 1);
    const auto mode = static_cast<SpeculativeClient::Mode>(problem.decoding.mode);
    numbers.front() = cells.Run(problem, decision, mode, stream).sum() / most;
    numbers.push_back(cells.Run(problem, decision, SpeculativeClient::SERVER_ONLY, stream).sum() /
                      most);
}

/// @param settings what was set @param problem of a slot @param decision for it @return numbers of
/// the slot, in the order of names: means over devices, s
std::vector<double>
Evaluate(const Settings& settings,
         const AssociationProblem& problem,
         const AssociationDecision& decision)
{
    const AssociationOutcome outcome = EvaluateAssociation(problem, decision);
    const auto served = static_cast<double>(problem.GetM() - outcome.unserved);
    const bool isPaper = settings.objective == "paper";
    const double bound = isPaper
                             ? BoundPaperObjective(AssociationPaperCost(problem), decision.server)
                             : BoundShares(problem, decision);
    const double latency = isPaper ? outcome.latencyS.sum() : outcome.speculative;
    const double objective = isPaper ? outcome.paper : outcome.speculative;
    const double most = std::max(served, 1.0);
    return {latency / most,
            objective / most,
            bound / most,
            outcome.latencyS.sum() / most,
            outcome.speculative / most,
            outcome.uploadS.sum() / most,
            outcome.sync.sum() / most,
            outcome.energyPrice.sum() / most,
            outcome.energyJ.sum() / most,
            decision.bandwidthShare.sum() / static_cast<double>(problem.GetE()),
            static_cast<double>(outcome.unserved)};
}

/// Means of all numbers of slots.
class Means
{
  public:
    /// @param names of numbers
    explicit Means(const std::vector<std::string>& names)
        : m_names(names),
          m_series(names.size())
    {
    }

    /// @param numbers of a slot @param hasAnswers whether a device is served: means over devices
    /// are of no other slot
    void Add(const std::vector<double>& numbers, bool hasAnswers)
    {
        for (std::size_t i = 0; i < numbers.size(); ++i)
        {
            if (hasAnswers || m_names[i] == "unserved" || i >= NAMES.size())
            {
                m_series[i].push_back(numbers[i]);
            }
        }
    }

    /// @return them, 0 of none
    std::vector<MeanInterval> Get() const
    {
        std::vector<MeanInterval> means;
        for (const std::vector<double>& series : m_series)
        {
            means.push_back(series.empty() ? MeanInterval() : GetMeanInterval(series));
        }
        return means;
    }

  private:
    std::vector<std::string> m_names;          //!< of numbers
    std::vector<std::vector<double>> m_series; //!< by number
};

/// Run the study. @param argc number of arguments @param argv arguments
void
Run(int argc, char* argv[])
{
    const base::InterruptionGuard guard; // seen after each slot
    Settings settings;
    LlmMecSettings line;
    AddSettings(line, settings);
    line.Parse(argc, argv, __FILE__, "Phones find servers for their drafts.");
    Complete(settings);
    RefuseUnused(settings, *line.GetTyped());
    LlmMecAttributeUse::RefuseInstead(*line.GetTyped(), INSTEAD);
    const bool isToken = settings.level == "token";
    std::vector<std::string> names = NAMES;
    if (isToken)
    {
        names.push_back(SERVER_ONLY);
    }

    LlmMecAttributeUse use;
    auto scenario = CreateObject<LlmMecAssociationScenario>();
    use.Note(scenario);
    use.Note(scenario->GetMap());
    const double bitsPerDraft = LlmMecDraftPayload::GetBits(settings.payload, VOCABULARY);
    scenario->SetAttribute("BitsPerDraft", DoubleValue(bitsPerDraft));
    const auto association = MakePolicy<AssociationPolicy>(&AssociationPolicy::Find,
                                                           settings.association,
                                                           settings,
                                                           use);
    const auto shares = MakePolicy<AssociationSharePolicy>(&AssociationSharePolicy::Find,
                                                           settings.shares,
                                                           settings,
                                                           use);
    if (!isToken)
    {
        use.RefuseUnused(*line.GetTyped(), INSTEAD);
    }
    LlmMecAssociationCells cells(settings.discipline,
                                 settings.windows,
                                 scenario->GetTargetFlopPerToken(),
                                 bitsPerDraft);
    // Slots are the same whatever the policies draw.
    association->AssignStreams(0);
    scenario->AssignStreams(1);

    LlmMecAssociationSlots slots(scenario, settings.queues == "carried", settings.batteryJ);
    const std::vector<std::string> carried = slots.GetNames();
    names.insert(names.end(), carried.begin(), carried.end());
    std::unique_ptr<LlmMecAssociationRecorder> files;
    if (!settings.output.empty())
    {
        files = std::make_unique<LlmMecAssociationRecorder>(settings.output, names);
    }
    Means means(names);
    for (uint64_t slot = 0; slot < settings.slots; ++slot)
    {
        const AssociationProblem problem = slots.Begin();
        const AssociationDecision decision =
            shares->Divide(problem, association->Associate(problem));
        std::vector<double> numbers = Evaluate(settings, problem, decision);
        if (isToken)
        {
            RunTokens(cells, slot, problem, decision, numbers);
        }
        if (isToken && slot == 0)
        {
            use.Add(cells.GetAttributeUse()); // of objects that are made for a slot
            use.RefuseUnused(*line.GetTyped(), INSTEAD);
        }
        for (const double number : slots.End(problem, decision))
        {
            numbers.push_back(number);
        }
        const std::vector<int>& server = decision.server;
        means.Add(numbers, std::count(server.begin(), server.end(), NO_SERVER) < problem.GetM());
        if (files)
        {
            files->Add(slot, numbers);
        }
        base::InterruptionGuard::RequireGoingOn();
    }
    const std::vector<MeanInterval> found = means.Get();
    for (std::size_t i = 0; i < names.size(); ++i)
    {
        std::cout << std::left << std::setw(20) << names[i] << found[i].mean << '\n';
    }
    if (files)
    {
        files->Finish(line, found, slots.AreIndependent());
    }
    Simulator::Destroy();
}

} // namespace

int
main(int argc, char* argv[])
{
    return base::RunProgram("mec-associate", argc, argv, [&]() { Run(argc, argv); });
}

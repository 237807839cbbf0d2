/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

/*
 * An agent on the MEC server learns offloading and power: trains one of the algorithms of
 * contrib/agents in simulated cells, and measures it on held-out cells beside the static policies
 * and the optimum. With --task=association it learns shares of servers for mec-associate instead,
 * and has other settings: --task=association --help shows them.
 *
 *     ./llm-mec run mec-train --agent=ppo --preset=best --mlus=3 --output=results/ppo
 *     ./llm-mec run mec-train --agent=ppo --preset=best --mlus=3 --output=results/ppo --resume
 *     ./llm-mec run mec-offload --mlus=3 --policy=agent --checkpoint=results/ppo/checkpoint
 *
 * An episode is one simulation of --slots slots in each of --cells cells, which share the agent.
 * With --output it writes learning.csv, timing.csv, checkpoint and, at the end, summary.json there;
 * the first three at every evaluation, from where --resume goes on after Ctrl-C, a crash or a power
 * cut. A larger --episodes goes on where a training ended. Things to try:
 *
 *     --config=FILE                        JSON of settings that replace the preset's
 *     --state=extended --fadingCorrelation=0.9 --batteryJ=50     slots that hang together
 *     --profile=qwen3-8b-ecld --penaltyWeight=10                 a limit that binds
 *     --draws=tuning                       cells for choosing settings, apart from all results
 *     --RngRun=3                           the same as --seed=3, for tools that know only ns-3
 *     --optimum=0 --mlus=100               where the optimum of large cells would take too long
 *     --task=association --output=results/associate    then mec-associate --association=tma-masac
 *                                          --checkpoint=results/associate/checkpoint
 */

#include "agents/agent.h"
#include "agents/algorithm-registry.h"
#include "agents/archive.h"
#include "agents/make-agent.h"
#include "base/interruption.h"
#include "base/program.h"
#include "base/terminal.h"

#include "ns3/association-agent.h"
#include "ns3/association-policy.h"
#include "ns3/association-share-policy.h"
#include "ns3/llm-mec-association-training-flags.h"
#include "ns3/llm-mec-association-training.h"
#include "ns3/llm-mec-attribute-default.h"
#include "ns3/llm-mec-count-list.h"
#include "ns3/llm-mec-learning-log.h"
#include "ns3/llm-mec-scenario.h"
#include "ns3/llm-mec-settings.h"
#include "ns3/llm-mec-training.h"
#include "ns3/offload-agent.h"
#include "ns3/offload-policy.h"
#include "ns3/rng-seed-manager.h"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <functional>
#include <iomanip>
#include <iostream>
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

/// What does not learn, and is measured beside the agent that offloads
const std::vector<std::string> REFERENCES = {"always-local", "always-offload", "fixed", "random"};
const std::string OPTIMUM = "optimal";         //!< one more, unless it would take too long
const std::string ASSOCIATION = "association"; //!< the task that is not offloading

/// What a user may set.
struct Settings
{
    std::string task{"offload"};                ///< what is learned
    LlmMecScenario scenario;                    ///< the cells of an episode
    LlmMecTrainingSettings training;            ///< who learns, and on which draws
    LlmMecAssociationTrainingFlags association; ///< the same for --task=association
    std::string preset{"best"};                 ///< of the agent's settings
    std::string config;                         ///< file of settings that replace some
    std::string state{"auto"};                  ///< what the agent sees
    std::string powerScale{"auto"};             ///< how it chooses powers
    std::string reference{"ratio"};             ///< what outputs of agents of sets are relative to
    std::string trainMlus;                      ///< K of the episodes, with commas
    uint64_t episodes{200};                     ///< to learn from
    std::string draws{"results"};               ///< results or tuning
    uint64_t evaluateEvery{5};                  ///< episodes
    uint64_t evaluationSlots{0}; ///< in each held-out cell, 0 for as many as in an episode
    bool hasOptimum{true};       ///< measure the optimum too
    std::string policyFile;      ///< gets the policy alone
    bool resume{false};          ///< go on from the checkpoint
    std::string output;          ///< folder of the files
};

/// @param names what may be chosen @return that, or auto
std::vector<std::string>
OrAuto(std::vector<std::string> names)
{
    names.insert(names.begin(), "auto");
    return names;
}

/// Put on the command line what only offloading has. @param line the command line
/// @param s the settings
void
AddOffloadSettings(LlmMecSettings& line, Settings& s)
{
    line.AddText(
        "state",
        "What it sees; auto: entities for agents of sets, carried for those with lookahead; "
        "of others current for best, extended for lookahead, else paper",
        s.state,
        OrAuto(OffloadStateLayout::GetStateNames()));
    line.AddText("powerScale",
                 "Powers are chosen evenly in dB or in W; auto: in W for paper, else in dB",
                 s.powerScale,
                 OrAuto(OffloadStateLayout::GetPowerScaleNames()));
    line.AddNumber("powerRangeDb",
                   "With db, powers go down to this far below the largest, dB",
                   s.training.layout.powerRangeDb,
                   1,
                   200);
    line.AddText(
        "reference",
        "With states entities and carried, what outputs are relative to, see OffloadEntities",
        s.reference,
        OffloadStateLayout::GetReferenceNames());
    line.AddText("trainMlus",
                 "K of the episodes in turn, with commas, for agents of sets; empty for --mlus, "
                 "which held-out cells have",
                 s.trainMlus);
    line.AddCount("evaluationCells", "Held-out cells", s.training.evaluationCells, 1, 100000);
    line.AddCount("evaluationSlots",
                  "Slots in each held-out cell, 0 for as many as in an episode; others only where "
                  "slots are independent",
                  s.evaluationSlots,
                  0,
                  1000000000);
    s.scenario.AddTo(line);
}

/// Put the settings on the command line. @param line the command line @param s the settings; the
/// task says which
void
AddSettings(LlmMecSettings& line, Settings& s)
{
    line.AddText("task", "What is learned", s.task, {"offload", ASSOCIATION});
    line.AddText("agent", "Who learns", s.training.algorithm, agents::GetAlgorithms());
    line.AddText("preset", "Settings of the agent", s.preset, agents::GetPresets());
    line.AddText("config", "JSON file of settings that replace the preset's", s.config);
    if (s.task == ASSOCIATION)
    {
        s.association.AddTo(line);
    }
    else
    {
        AddOffloadSettings(line, s);
    }
    line.AddCount("episodes",
                  "Number of episodes",
                  s.episodes,
                  1,
                  LlmMecTrainingSettings::MAX_EPISODES);
    line.AddCount("seed",
                  "Seed of the agent and of its episodes; --RngRun=N is --seed=N",
                  s.training.seed,
                  1,
                  LlmMecTrainingSettings::MAX_SEED);
    line.AddText("draws",
                 "Which positions, tasks and fading: tuning has others than results",
                 s.draws,
                 {"results", "tuning"});
    line.AddCount("evaluateEvery",
                  "Episodes from evaluation to evaluation",
                  s.evaluateEvery,
                  1,
                  1000000);
    line.AddFlag("optimum",
                 "Measure the optimum on the held-out cells, which takes long with many MLUs",
                 s.hasOptimum);
    line.AddFlag("resume",
                 "Go on from the checkpoint in the output folder, if there is one",
                 s.resume);
    line.AddText(
        "policyFile",
        "File that gets the trained policy alone, for --checkpoint of other programs; none "
        "when empty",
        s.policyFile);
    line.AddText("output", "Folder of the files; no files when empty", s.output);
}

/// Take the seed from ns-3's run number, which every ns-3 program and every tool for sweeps knows.
/// @param s the settings @param hasSeed whether --seed was typed @param hasRun whether --RngRun was
void
TakeRunNumber(Settings& s, bool hasSeed, bool hasRun)
{
    const uint64_t run = RngSeedManager::GetRun(); // 1 unless set, as the seed is
    const std::string flag = "--RngRun=" + std::to_string(run);
    if (hasSeed && (hasRun || run != 1))
    {
        throw std::invalid_argument(flag + ", --seed=" + std::to_string(s.training.seed) +
                                    ": expected one of them, both set the seed");
    }
    if (run < 1 || run > LlmMecTrainingSettings::MAX_SEED)
    {
        throw std::invalid_argument(flag + ": it is the seed, expected a whole number in [1, " +
                                    std::to_string(LlmMecTrainingSettings::MAX_SEED) + "]");
    }
    s.training.seed = hasSeed ? s.training.seed : run;
}

/// @param line the command line @return what reproduces the training: the run number is in the
/// seed, and offloading goes without saying
LlmMecLearningLog::Values
GetValues(const LlmMecSettings& line)
{
    LlmMecLearningLog::Values values = line.GetValues();
    values.erase(std::remove_if(values.begin(),
                                values.end(),
                                [](const auto& value) {
                                    return value.first == "RngRun" || value.first == "policyFile" ||
                                           (value.first == "task" && value.second == "offload");
                                }),
                 values.end());
    return values;
}

/// Refuse attributes of policies: many policies run here, and not with these. @param typed names
/// that were typed
void
RefusePolicyAttributes(const std::set<std::string>& typed)
{
    for (const std::string& name : typed)
    {
        TypeId tid;
        if (LlmMecAttributeDefault::Find(name) &&
            TypeId::LookupByNameFailSafe(name.substr(0, name.rfind("::")), &tid) &&
            (tid.IsChildOf(OffloadPolicy::GetTypeId()) ||
             tid.IsChildOf(AssociationPolicy::GetTypeId()) ||
             tid.IsChildOf(AssociationSharePolicy::GetTypeId())))
        {
            throw std::invalid_argument("--" + name +
                                        ": expected none, --agent, --preset and --config say how "
                                        "the agent learns, and references have their defaults");
        }
    }
}

/// Check what no single setting can tell, and fill in what follows for offloading.
/// @param s the settings @param typed names that were typed
void
CompleteOffload(Settings& s, const std::set<std::string>& typed)
{
    const auto find = [](const std::vector<std::string>& names, const std::string& name) {
        return std::find(names.begin(), names.end(), name) - names.begin();
    };
    const agents::Algorithm& algorithm = *agents::AlgorithmRegistry::Find(s.training.algorithm);
    if (s.state == "auto" && algorithm.takesSets)
    {
        s.state = s.preset == "lookahead" ? "carried" : "entities";
    }
    else if (s.state == "auto")
    {
        s.state = s.preset == "best" ? "current" : s.preset == "lookahead" ? "extended" : "paper";
    }
    if (s.powerScale == "auto")
    {
        s.powerScale = s.preset == "paper" ? "linear" : "db";
    }
    OffloadStateLayout& layout = s.training.layout;
    layout.state =
        static_cast<OffloadStateLayout::State>(find(OffloadStateLayout::GetStateNames(), s.state));
    layout.powerScale = static_cast<OffloadStateLayout::PowerScale>(
        find(OffloadStateLayout::GetPowerScaleNames(), s.powerScale));
    layout.reference = static_cast<OffloadReference::Kind>(
        find(OffloadStateLayout::GetReferenceNames(), s.reference));
    if (typed.count("reference") > 0 && !layout.TakesSets())
    {
        throw std::invalid_argument("--reference=" + s.reference + ": expected none with --state=" +
                                    s.state + ", only states entities and carried have one");
    }
    if (layout.TakesSets() && layout.powerScale != OffloadStateLayout::DB)
    {
        throw std::invalid_argument("--powerScale=" + s.powerScale +
                                    ": expected db with --state=" + s.state);
    }
    constexpr uint64_t most = 100000;
    s.training.trainMlus = ReadCounts("trainMlus", s.trainMlus, most);
    s.training.isTuning = s.draws == "tuning";
    s.training.evaluationSlots = s.evaluationSlots > 0 ? s.evaluationSlots : s.scenario.slots;
}

/// @return CPU time of this process, s
double
GetCpuSeconds()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// @param log what came of a training @return the share of the optimum, where that is known
std::string
DescribeShare(const LlmMecLearningLog& log)
{
    std::ostringstream text;
    if (log.HasOptimum())
    {
        text << ", " << std::fixed << std::setprecision(1) << 100 * log.GetShareOfOptimum()
             << " % of the optimum";
    }
    return text.str();
}

/// @param log what came of the training @throw base::Interruption when a signal came
void
StopIfInterrupted(const LlmMecLearningLog& log)
{
    if (base::InterruptionGuard::IsInterrupted())
    {
        throw base::Interruption(log.GetLastEpisode() && !log.GetCheckpointPath().empty()
                                     ? "interrupted, --resume goes on from the last evaluation"
                                     : "interrupted, nothing was written");
    }
}

/// Show on a terminal how far a reference is, which takes long where cells are large. @param policy
/// its name @param done slots so far @param slots of all
void
ShowReference(const std::string& policy, uint64_t done, uint64_t slots)
{
    const uint64_t percent = 100 * done / slots;
    if (base::ShowsProgress() && percent != 100 * (done - 1) / slots)
    {
        const std::string text =
            "held-out cells, " + policy + ": " + std::to_string(percent) + " %";
        std::cerr << "\r" << text
                  << (done == slots ? "\r" + std::string(text.size(), ' ') + "\r" : "")
                  << std::flush;
    }
}

/// @param s the settings @return what does not learn, and is measured beside the agent, without the
/// optimum
const std::vector<std::string>&
GetReferences(const Settings& s)
{
    return s.task == ASSOCIATION ? LlmMecAssociationTraining::GetReferences() : REFERENCES;
}

/// @param s the settings @return held-out slots
uint64_t
GetHeldOutSlots(const Settings& s)
{
    return s.task == ASSOCIATION ? s.association.training.evaluationSlots
                                 : s.training.evaluationCells * s.training.evaluationSlots;
}

/// Measure what does not learn, unless the log has it. @param s the settings @param training the
/// held-out cells @param log where it goes
void
MeasureReferences(const Settings& s, LlmMecLearningTask& training, LlmMecLearningLog& log)
{
    std::vector<std::string> references = GetReferences(s);
    if (s.hasOptimum)
    {
        references.push_back(OPTIMUM);
    }
    for (const std::string& policy : references)
    {
        if (log.GetReferences().count(policy) == 0)
        {
            const uint64_t slots = GetHeldOutSlots(s);
            uint64_t done = 0;
            training.SetWatch([&]() {
                StopIfInterrupted(log);
                ShowReference(policy, ++done, slots);
            });
            log.SetReference(policy, training.Evaluate(policy));
        }
    }
}

/// Show how far the training is, on a terminal. @param log what came of it @param episodes of all
void
ShowProgress(const LlmMecLearningLog& log, uint64_t episode, uint64_t episodes)
{
    if (!base::ShowsProgress())
    {
        return;
    }
    constexpr uint64_t width = 30;
    const uint64_t done = width * episode / episodes;
    std::cerr << "\r[" << std::string(done, '#') << std::string(width - done, ' ') << "] episode "
              << episode << " of " << episodes << DescribeShare(log) << "  "
              << (episode == episodes ? "\r" + std::string(80, ' ') + "\r" : "") << std::flush;
}

/// Train. @param s the settings @param training the episodes @param agent who learns @param log
/// what comes of it, and of what was before
void
Train(const Settings& s,
      LlmMecLearningTask& training,
      const std::shared_ptr<agents::Agent>& agent,
      LlmMecLearningLog& log)
{
    const auto [learnedS, evaluatedS] = log.GetCpuSeconds();
    double learningS = learnedS;
    double evaluatingS = evaluatedS;
    for (uint64_t episode = log.GetLastEpisode() ? *log.GetLastEpisode() + 1 : 0;
         episode <= s.episodes;
         ++episode)
    {
        LlmMecLearningRow row;
        row.episode = episode;
        double startS = GetCpuSeconds();
        if (episode > 0)
        {
            row.train = training.RunEpisode(agent, episode);
        }
        row.figures = agent->GetMetrics();
        learningS += GetCpuSeconds() - startS;
        const bool isEvaluated = episode % s.evaluateEvery == 0 || episode == s.episodes;
        if (isEvaluated)
        {
            startS = GetCpuSeconds();
            row.evaluation = training.Evaluate(agent->GetPolicy().Clone());
            evaluatingS += GetCpuSeconds() - startS;
        }
        row.cpuSeconds = learningS;
        row.evaluationCpuSeconds = evaluatingS;
        log.AddRow(row);
        if (isEvaluated)
        {
            log.WriteCheckpoint(*agent, training.GetLayoutSection());
        }
        ShowProgress(log, episode, s.episodes);
    }
}

/// Means and their titles
using Titles = std::vector<std::pair<std::string, std::string>>;

/// Print what was learned from, above the table. @param s the settings @param log what came of the
/// training @return what the table has
Titles
PrintHead(const Settings& s, const LlmMecLearningLog& log)
{
    std::cout << s.training.algorithm << " (" << s.preset << "), ";
    if (s.task == ASSOCIATION)
    {
        const LlmMecAssociationTrainingSettings& own = s.association.training;
        std::cout << s.association.devices << " devices, " << s.association.servers << " servers, "
                  << *log.GetLastEpisode() << " episodes of " << own.slots << " slots; on "
                  << own.evaluationSlots << " held-out slots:\n\n";
        return {{"latencyS", "latency, s"},
                {"objective", "objective, s"},
                {"tokenLatencyS", "token level, s"},
                {"bandShare", "band"}};
    }
    std::cout << s.scenario.mlus << " MLUs, " << *log.GetLastEpisode() << " episodes of "
              << s.scenario.slots << " slots in " << s.scenario.cells
              << (s.scenario.cells == 1 ? " cell" : " cells") << "; on "
              << s.training.evaluationCells << " held-out cells of " << s.training.evaluationSlots
              << " slots:\n\n";
    return {{"meanReward", "reward, 1/s"},
            {"meanLatencyS", "latency, s"},
            {"meanAccuracy", "accuracy"},
            {"meanHallucination", "hallucination"},
            {"meanEnergyJ", "energy, J"},
            {"violationRate", "violations"}};
}

/// Print what the agent and the others do on the held-out cells. @param s the settings
/// @param log what came of the training
void
PrintTable(const Settings& s, const LlmMecLearningLog& log)
{
    const Titles columns = PrintHead(s, log);
    std::cout << std::left << std::setw(18) << "" << std::right;
    for (const auto& [name, title] : columns)
    {
        std::cout << std::setw(15) << title;
    }
    std::cout << (log.HasOptimum() ? "    of optimum\n" : "\n");
    const auto print = [&](const std::string& policy, const LlmMecLearningTask::Means& means) {
        std::cout << std::left << std::setw(18) << policy << std::right << std::fixed
                  << std::setprecision(4);
        for (const auto& [name, title] : columns)
        {
            std::cout << std::setw(15) << LlmMecLearningLog::GetMean(means, name);
        }
        if (log.HasOptimum())
        {
            std::cout << std::setprecision(1) << std::setw(12) << 100 * log.GetShareOfOptimum(means)
                      << " %";
        }
        std::cout << '\n';
    };
    for (const std::string& policy : GetReferences(s))
    {
        print(policy, log.GetReferences().at(policy));
    }
    if (log.HasOptimum())
    {
        print(OPTIMUM, log.GetReferences().at(OPTIMUM));
    }
    print(s.training.algorithm, log.GetEvaluation());
}

/// Write what was learned, without what goes on with learning. @param path file, empty for none
/// @param agent who learned @param layout section that says how it sees and acts
void
WritePolicy(const std::string& path,
            const agents::Agent& agent,
            const std::pair<std::string, std::string>& layout)
{
    if (!path.empty())
    {
        agents::Archive archive;
        agent.GetPolicy().Save(archive);
        archive.Put(layout.first, layout.second);
        archive.Write(path);
    }
}

/// @param argc number of arguments @param argv arguments @return the task that was typed last, on
/// which it depends what else may be typed; offload where none was
std::string
FindTask(int argc, char* argv[])
{
    std::string task = "offload";
    for (int i = 1; i < argc; ++i)
    {
        const std::string argument = argv[i];
        const std::size_t begin = argument.find_first_not_of('-');
        const std::string name = "task=";
        if (begin != std::string::npos && begin > 0 &&
            argument.compare(begin, name.size(), name) == 0)
        {
            task = argument.substr(begin + name.size());
        }
    }
    return task;
}

/// Read the command line. @param argc number of arguments @param argv arguments @param line gets
/// what was typed @param settings get it too
void
ReadSettings(int argc, char* argv[], LlmMecSettings& line, Settings& settings)
{
    if (FindTask(argc, argv) == ASSOCIATION)
    {
        settings.task = ASSOCIATION;
        settings.training.algorithm = "masac";
    }
    AddSettings(line, settings);
    line.Parse(argc, argv, __FILE__, "An agent on the MEC server learns offloading and power.");
    const std::set<std::string>& typed = *line.GetTyped();
    TakeRunNumber(settings, typed.count("seed") > 0, typed.count("RngRun") > 0);
    RefusePolicyAttributes(typed);
    if (settings.resume && settings.output.empty())
    {
        throw std::invalid_argument("--resume: expected --output, the folder to go on from");
    }
    if (settings.task == ASSOCIATION)
    {
        settings.association.Complete(settings.preset, typed);
        settings.association.training.seed = settings.training.seed;
        settings.association.training.isTuning = settings.draws == "tuning";
    }
    else
    {
        CompleteOffload(settings, typed);
    }
}

/// Go on from a checkpoint, if that is asked for and there is one. @param s the settings
/// @param log gets what was before @return the checkpoint
std::optional<agents::Archive>
Resume(const Settings& s, LlmMecLearningLog& log)
{
    const std::string checkpoint = log.GetCheckpointPath();
    if (!s.resume || !std::filesystem::exists(checkpoint))
    {
        log.RequireNoResults(s.resume);
        return std::nullopt;
    }
    const agents::Archive archive = agents::Archive::Read(checkpoint);
    log.Load(archive);
    if (*log.GetLastEpisode() > s.episodes)
    {
        throw std::invalid_argument("--episodes=" + std::to_string(s.episodes) + ": " + checkpoint +
                                    " has learned from " + std::to_string(*log.GetLastEpisode()) +
                                    ", expected as many or more");
    }
    return archive;
}

/// Train and report. @param s the settings @param line the command line @param task what is learned
/// @param slots of an episode @param makeAgent makes who learns
void
Learn(const Settings& s,
      const LlmMecSettings& line,
      LlmMecLearningTask& task,
      uint64_t slots,
      const std::function<std::shared_ptr<agents::Agent>()>& makeAgent)
{
    LlmMecLearningLog log(s.output,
                          GetValues(line),
                          GetOffloadAgentSettings(s.training.algorithm, s.preset, s.config),
                          slots,
                          task.GetMeasures());
    const std::optional<agents::Archive> archive = Resume(s, log);
    const std::shared_ptr<agents::Agent> agent = makeAgent();
    if (archive)
    {
        agent->Load(*archive);
    }
    MeasureReferences(s, task, log);
    task.SetWatch([&log]() { StopIfInterrupted(log); });
    Train(s, task, agent, log);
    log.WriteCheckpoint(*agent, task.GetLayoutSection());
    log.WriteSummary();
    WritePolicy(s.policyFile, *agent, task.GetLayoutSection());
    PrintTable(s, log);
}

/// Run the program. @param argc number of arguments @param argv arguments
void
Run(int argc, char* argv[])
{
    const base::InterruptionGuard guard; // seen when a slot ends
    Settings s;
    LlmMecSettings line;
    ReadSettings(argc, argv, line, s);
    const std::string& algorithm = s.training.algorithm;
    if (s.task == ASSOCIATION)
    {
        const LlmMecAssociationTrainingSettings& own = s.association.training;
        LlmMecAssociationTraining training(own);
        Learn(s, line, training, own.slots, [&]() {
            return MakeAssociationAgent(algorithm, s.preset, s.config, own.GetAgentSeed());
        });
        return;
    }
    LlmMecTraining training(s.scenario, s.training);
    Learn(s, line, training, s.scenario.slots * s.scenario.cells, [&]() {
        return MakeOffloadAgent(algorithm,
                                s.preset,
                                s.config,
                                training.GetLayout(),
                                training.GetAgentSeed());
    });
}

} // namespace

int
main(int argc, char* argv[])
{
    return base::RunProgram("mec-train", argc, argv, [&]() { Run(argc, argv); });
}

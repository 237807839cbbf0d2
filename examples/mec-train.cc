/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

/*
 * An agent on the MEC server learns offloading and power: trains one of the algorithms of
 * contrib/agents in simulated cells, and measures it on held-out cells beside the static policies
 * and the optimum.
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
 */

#include "agents/agent.h"
#include "agents/algorithm-registry.h"
#include "agents/archive.h"
#include "agents/make-agent.h"
#include "base/interruption.h"
#include "base/program.h"
#include "base/terminal.h"

#include "ns3/llm-mec-attribute-default.h"
#include "ns3/llm-mec-learning-log.h"
#include "ns3/llm-mec-scenario.h"
#include "ns3/llm-mec-settings.h"
#include "ns3/llm-mec-training.h"
#include "ns3/offload-agent.h"
#include "ns3/offload-policy.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/trained-offload-policy.h"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <memory>
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

/// What does not learn, and is measured beside the agent
const std::vector<std::string> REFERENCES = {"always-local", "always-offload", "fixed", "random"};
const std::string OPTIMUM = "optimal"; //!< one more, unless it would take too long

/// What a user may set.
struct Settings
{
    LlmMecScenario scenario;         ///< the cells of an episode
    LlmMecTrainingSettings training; ///< who learns, and on which draws
    std::string preset{"best"};      ///< of the agent's settings
    std::string config;              ///< file of settings that replace some
    std::string state{"auto"};       ///< what the agent sees
    std::string powerScale{"auto"};  ///< how it chooses powers
    std::string reference{"ratio"};  ///< what outputs of agents of sets are relative to
    std::string trainMlus;           ///< K of the episodes, with commas
    uint64_t episodes{200};          ///< to learn from
    std::string draws{"results"};    ///< results or tuning
    uint64_t evaluateEvery{5};       ///< episodes
    uint64_t evaluationSlots{0};     ///< in each held-out cell, 0 for as many as in an episode
    bool hasOptimum{true};           ///< measure the optimum too
    std::string policyFile;          ///< gets the policy alone
    bool resume{false};              ///< go on from the checkpoint
    std::string output;              ///< folder of the files
};

/// Put the settings on the command line. @param line the command line @param s the settings
void
AddSettings(LlmMecSettings& line, Settings& s)
{
    line.AddText("agent", "Who learns", s.training.algorithm, agents::GetAlgorithms());
    line.AddText("preset", "Settings of the agent", s.preset, agents::GetPresets());
    line.AddText("config", "JSON file of settings that replace the preset's", s.config);
    const auto orAuto = [](std::vector<std::string> names) {
        names.insert(names.begin(), "auto");
        return names;
    };
    line.AddText(
        "state",
        "What it sees; auto: entities for agents of sets, carried for those with lookahead; "
        "of others current for best, extended for lookahead, else paper",
        s.state,
        orAuto(OffloadStateLayout::GetStateNames()));
    line.AddText("powerScale",
                 "Powers are chosen evenly in dB or in W; auto: in W for paper, else in dB",
                 s.powerScale,
                 orAuto(OffloadStateLayout::GetPowerScaleNames()));
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
    line.AddCount("evaluationCells", "Held-out cells", s.training.evaluationCells, 1, 100000);
    line.AddCount("evaluationSlots",
                  "Slots in each held-out cell, 0 for as many as in an episode; others only where "
                  "slots are independent",
                  s.evaluationSlots,
                  0,
                  1000000000);
    line.AddFlag("optimum",
                 "Measure the optimum on the held-out cells, which takes long with many MLUs",
                 s.hasOptimum);
    s.scenario.AddTo(line);
    line.AddFlag("resume",
                 "Go on from the checkpoint in the output folder, if there is one",
                 s.resume);
    line.AddText("policyFile",
                 "File that gets the trained policy alone, for --policy=agent; none when empty",
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

/// @param line the command line @return what reproduces the training: the run number is in the seed
LlmMecLearningLog::Values
GetValues(const LlmMecSettings& line)
{
    LlmMecLearningLog::Values values = line.GetValues();
    values.erase(std::remove_if(values.begin(),
                                values.end(),
                                [](const auto& value) {
                                    return value.first == "RngRun" || value.first == "policyFile";
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
            tid.IsChildOf(OffloadPolicy::GetTypeId()))
        {
            throw std::invalid_argument("--" + name +
                                        ": expected none, --agent, --preset and --config say how "
                                        "the agent learns, and references have their defaults");
        }
    }
}

/// @param list numbers with commas @return them @throw std::invalid_argument in one line
std::vector<uint64_t>
ReadTrainMlus(const std::string& list)
{
    constexpr uint64_t most = 100000;
    std::vector<uint64_t> numbers;
    std::istringstream in(list);
    for (std::string each; std::getline(in, each, ',');)
    {
        const bool isNumber = !each.empty() && each.size() <= 6 &&
                              each.find_first_not_of("0123456789") == std::string::npos;
        const uint64_t number = isNumber ? std::stoull(each) : 0;
        if (number < 1 || number > most)
        {
            throw std::invalid_argument("--trainMlus=" + list + ": \"" + each +
                                        "\", expected whole numbers from 1 to " +
                                        std::to_string(most) + " with commas");
        }
        numbers.push_back(number);
    }
    return numbers;
}

/// Check what no single setting can tell, and fill in what follows. @param s the settings
/// @param typed names that were typed
void
Complete(Settings& s, const std::set<std::string>& typed)
{
    if (s.resume && s.output.empty())
    {
        throw std::invalid_argument("--resume: expected --output, the folder to go on from");
    }
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
    s.training.trainMlus = ReadTrainMlus(s.trainMlus);
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

/// Measure what does not learn, unless the log has it. @param s the settings @param training the
/// held-out cells @param log where it goes
void
MeasureReferences(const Settings& s, LlmMecTraining& training, LlmMecLearningLog& log)
{
    std::vector<std::string> references = REFERENCES;
    if (s.hasOptimum)
    {
        references.push_back(OPTIMUM);
    }
    for (const std::string& policy : references)
    {
        if (log.GetReferences().count(policy) == 0)
        {
            const uint64_t slots = s.training.evaluationCells * s.training.evaluationSlots;
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
      LlmMecTraining& training,
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
            log.WriteCheckpoint(*agent, training.GetLayout());
        }
        ShowProgress(log, episode, s.episodes);
    }
}

/// Print what the agent and the others do on the held-out cells. @param s the settings
/// @param log what came of the training
void
PrintTable(const Settings& s, const LlmMecLearningLog& log)
{
    const std::vector<std::pair<std::string, std::string>> columns = {
        {"meanReward", "reward, 1/s"},
        {"meanLatencyS", "latency, s"},
        {"meanAccuracy", "accuracy"},
        {"meanHallucination", "hallucination"},
        {"meanEnergyJ", "energy, J"},
        {"violationRate", "violations"}};
    std::cout << s.training.algorithm << " (" << s.preset << "), " << s.scenario.mlus << " MLUs, "
              << *log.GetLastEpisode() << " episodes of " << s.scenario.slots << " slots in "
              << s.scenario.cells << (s.scenario.cells == 1 ? " cell" : " cells") << "; on "
              << s.training.evaluationCells << " held-out cells of " << s.training.evaluationSlots
              << " slots:\n\n"
              << std::left << std::setw(18) << "" << std::right;
    for (const auto& [name, title] : columns)
    {
        std::cout << std::setw(15) << title;
    }
    std::cout << (log.HasOptimum() ? "    of optimum\n" : "\n");
    const auto print = [&](const std::string& policy, const LlmMecTraining::Means& means) {
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
    for (const std::string& policy : REFERENCES)
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
/// @param agent who learned @param layout how it sees and acts
void
WritePolicy(const std::string& path, const agents::Agent& agent, const OffloadStateLayout& layout)
{
    if (!path.empty())
    {
        agents::Archive archive;
        agent.GetPolicy().Save(archive);
        archive.Put(TrainedOffloadPolicy::LAYOUT_SECTION, layout.ToJson());
        archive.Write(path);
    }
}

/// Run the program. @param argc number of arguments @param argv arguments
void
Run(int argc, char* argv[])
{
    const base::InterruptionGuard guard; // seen when a slot ends
    Settings settings;
    LlmMecSettings line;
    AddSettings(line, settings);
    line.Parse(argc, argv, __FILE__, "An agent on the MEC server learns offloading and power.");
    const std::set<std::string>& typed = *line.GetTyped();
    TakeRunNumber(settings, typed.count("seed") > 0, typed.count("RngRun") > 0);
    RefusePolicyAttributes(typed);
    Complete(settings, typed);

    LlmMecTraining training(settings.scenario, settings.training);
    const std::string& algorithm = settings.training.algorithm;
    LlmMecLearningLog log(settings.output,
                          GetValues(line),
                          GetOffloadAgentSettings(algorithm, settings.preset, settings.config),
                          settings.scenario.slots * settings.scenario.cells);
    const std::string checkpoint = log.GetCheckpointPath();
    agents::Archive archive;
    const bool isResumed = settings.resume && std::filesystem::exists(checkpoint);
    if (!isResumed)
    {
        log.RequireNoResults(settings.resume);
    }
    else
    {
        archive = agents::Archive::Read(checkpoint);
        log.Load(archive);
        if (*log.GetLastEpisode() > settings.episodes)
        {
            throw std::invalid_argument("--episodes=" + std::to_string(settings.episodes) + ": " +
                                        checkpoint + " has learned from " +
                                        std::to_string(*log.GetLastEpisode()) +
                                        ", expected as many or more");
        }
    }
    const std::shared_ptr<agents::Agent> agent = MakeOffloadAgent(algorithm,
                                                                  settings.preset,
                                                                  settings.config,
                                                                  training.GetLayout(),
                                                                  training.GetAgentSeed());
    if (isResumed)
    {
        agent->Load(archive);
    }
    MeasureReferences(settings, training, log);
    training.SetWatch([&log]() { StopIfInterrupted(log); });
    Train(settings, training, agent, log);
    log.WriteCheckpoint(*agent, training.GetLayout());
    log.WriteSummary();
    WritePolicy(settings.policyFile, *agent, training.GetLayout());
    PrintTable(settings, log);
}

} // namespace

int
main(int argc, char* argv[])
{
    return base::RunProgram("mec-train", argc, argv, [&]() { Run(argc, argv); });
}

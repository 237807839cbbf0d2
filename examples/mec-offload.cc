/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

/*
 * Mobile LLM users offload to an MEC server: the setting of R. Zhang et al., "Compact LLM
 * Deployment and World Model Assisted Offloading in Mobile Edge Computing", arXiv:2602.13628, with
 * every number of it on the command line.
 *
 *     ./llm-mec run mec-offload --mlus=3 --policy=optimal --output=results/three
 *     ./ns3 run "mec-offload --mlus=3 --policy=optimal"
 *
 * With --output it writes slots.csv, tasks.csv, packets.csv and summary.json there. Things to try:
 *
 *     --profile=qwen3-8b-ecld              a model whose hallucination limit binds
 *     --profile=llama-3.1-8b-ecld,mine.json  MLUs that differ: entries are dealt out in turn
 *     --device=phone,jetson-nano           the same for devices
 *     --compute=profile --quality=Sampled --profile=FILE --serverProfile=FILE
 *                                          what ./llm-mec compress measured
 *     --taskBits="ns3::UniformRandomVariable[Min=1e6|Max=2.5e6]"
 *     --fadingCorrelation=0.9 --slotBarrier=0 --serverDiscipline=FirstComeFirstServed --batteryJ=50
 *     --ns3::llmmec::FixedPolicy::OffloadRatio=0.7 --policy=fixed
 *     --policy=agent --checkpoint=offload-any    a trained policy for any number of MLUs
 *     --policy=agent --checkpoint=FILE     what mec-train has trained
 *     --policy=ppo --slots=5000            an agent that learns during the run
 */

#include "base/interruption.h"
#include "base/program.h"
#include "base/terminal.h"

#include "ns3/llm-mec-data-folder.h"
#include "ns3/llm-mec-helper.h"
#include "ns3/llm-mec-recorder.h"
#include "ns3/llm-mec-scenario.h"
#include "ns3/llm-mec-settings.h"
#include "ns3/mec-packet-ledger.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/trained-offload-policy.h"

#include <iomanip>
#include <iostream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

/// What a user may set.
struct Settings
{
    LlmMecScenario scenario;       ///< the cells
    std::string policy{"optimal"}; ///< who decides
    std::string checkpoint;        ///< of a trained policy
    std::string output;            ///< folder of the files
    std::string tasks{"auto"};     ///< whether to write tasks.csv
};

/// Put the settings on the command line. @param line the command line @param s the settings
void
AddSettings(LlmMecSettings& line, Settings& s)
{
    s.scenario.AddTo(line);
    line.AddText("policy", "Who decides", s.policy);
    line.AddText("checkpoint",
                 "Trained policy, for --policy=agent: a file, or a name of data/policies",
                 s.checkpoint);
    line.Bind("ns3::llmmec::TrainedOffloadPolicy::Checkpoint");
    line.AddText("output",
                 "Folder of slots.csv, tasks.csv, packets.csv, summary.json; no files when empty",
                 s.output);
    line.AddText("tasks",
                 "Write tasks.csv; auto: up to 100,000 tasks",
                 s.tasks,
                 {"auto", "yes", "no"});
}

/// @param s the settings @return the cells
std::vector<LlmMecCell>
BuildCells(const Settings& s)
{
    LlmMecHelper mec = s.scenario.MakeHelper();
    mec.SetPolicy(s.policy);
    if (!s.checkpoint.empty())
    {
        const TypeId tid = OffloadPolicy::Find(s.policy);
        if (tid != TrainedOffloadPolicy::GetTypeId() &&
            !tid.IsChildOf(TrainedOffloadPolicy::GetTypeId()))
        {
            throw std::invalid_argument("--checkpoint=" + s.checkpoint + ": --policy=" + s.policy +
                                        " takes none, expected --policy=agent");
        }
        mec.SetPolicy(s.policy,
                      "Checkpoint",
                      StringValue(LlmMecDataFolder::FindPolicy(s.checkpoint)));
    }
    return s.scenario.BuildCells(mec);
}

/// Show how far the run is, and stop it after Ctrl-C and other signals. @param s the scenario
/// @param cells its cells
void
WatchProgress(const LlmMecScenario& s, const std::vector<LlmMecCell>& cells)
{
    const bool isShown = base::ShowsProgress();
    const uint64_t slots = s.slots * s.cells;
    auto ended = std::make_shared<uint64_t>(0);
    const auto watch =
        [isShown, slots, ended](const SlotObservation&, const SlotDecision&, const SlotOutcome&) {
            base::InterruptionGuard::RequireGoingOn();
            ++*ended;
            const uint64_t percent = 100 * *ended / slots;
            if (isShown && percent != 100 * (*ended - 1) / slots)
            {
                std::cerr << "\r" << percent << " %" << (percent == 100 ? "\r     \r" : "")
                          << std::flush;
            }
        };
    for (const LlmMecCell& cell : cells)
    {
        cell.controller->TraceConnectWithoutContext(
            "SlotEnded",
            Callback<void, const SlotObservation&, const SlotDecision&, const SlotOutcome&>(watch));
    }
}

/// Print the means. @param settings what the user set @param recorder what was recorded
void
PrintTable(const Settings& settings, const LlmMecRecorder& recorder)
{
    const LlmMecScenario& s = settings.scenario;
    std::cout << settings.policy << ", " << s.mlus << " MLUs, " << s.cells << " cells, " << s.slots
              << " slots\n\n";
    std::cout << std::left << std::setw(20) << "" << std::right << std::setw(12) << "mean"
              << std::setw(26) << "95 % interval" << '\n';
    for (const auto& [name, interval] : recorder.GetMeans())
    {
        std::ostringstream ends;
        ends << std::setprecision(4) << "[" << interval.low << ", " << interval.high << "]";
        std::cout << std::left << std::setw(20) << name << std::right << std::setprecision(5)
                  << std::setw(12) << interval.mean << std::setw(26) << ends.str() << '\n';
    }
    if (recorder.GetCappedUploads() > 0)
    {
        std::cout << recorder.GetCappedUploads() << " uploads met the cap of "
                  << s.maxUplinkLatencyS << " s\n";
    }
    if (recorder.GetUnservedTasks() > 0)
    {
        std::cout << recorder.GetUnservedTasks()
                  << " tasks unserved: the battery was empty, or the link "
                     "lost the upload or the answer\n";
    }
}

/// Run the scenario. @param argc number of arguments @param argv arguments
void
Run(int argc, char* argv[])
{
    const base::InterruptionGuard guard; // seen when a slot ends
    Settings settings;
    LlmMecSettings line;
    AddSettings(line, settings);
    line.Parse(argc, argv, __FILE__, "Mobile LLM users offload to an MEC server.");

    constexpr uint64_t manyTasks = 100000;
    const LlmMecScenario& scenario = settings.scenario;
    const bool withTasks =
        settings.tasks == "yes" ||
        (settings.tasks == "auto" && scenario.mlus * scenario.cells * scenario.slots <= manyTasks);
    const std::vector<LlmMecCell> cells = BuildCells(settings);
    LlmMecRecorder recorder(settings.output, withTasks);
    std::vector<Ptr<OffloadController>> controllers;
    for (const LlmMecCell& cell : cells)
    {
        recorder.AddCell(cell);
        controllers.push_back(cell.controller);
    }
    WatchProgress(scenario, cells);
    OffloadController::StopWhenAllEnded(controllers);
    Simulator::Run();
    recorder.Finish(line.GetValues());
    PrintTable(settings, recorder);
    recorder.GetPackets().Print(std::cout);
    Simulator::Destroy();
}

} // namespace

int
main(int argc, char* argv[])
{
    return base::RunProgram("mec-offload", argc, argv, [&]() { Run(argc, argv); });
}

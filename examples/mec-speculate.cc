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

#include "ns3/llm-mec-settings.h"
#include "ns3/llm-mec-speculation-recorder.h"
#include "ns3/llm-mec-speculation-scenario.h"
#include "ns3/llm-mec-timeline.h"
#include "ns3/mec-batching-pass-engine.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

/// Baselines' keys in summary.json, by mode.
const std::map<std::string, std::string> KEYS{{"server-only", "serverOnly"},
                                              {"device-only", "deviceOnly"}};

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

/// Watch a phone. @param client on it @param cell index of its cell @param recorder gets its rounds
/// and answers @param left phones that have not ended; the last one stops the simulation, which has
/// events without end where there are batteries
void
Watch(const Ptr<SpeculativeClient>& client,
      std::size_t cell,
      LlmMecSpeculationRecorder& recorder,
      uint64_t& left)
{
    client->TraceConnectWithoutContext("Draft",
                                       Callback<void, uint32_t, double>([](uint32_t, double) {
                                           base::InterruptionGuard::RequireGoingOn();
                                       }));
    client->TraceConnectWithoutContext(
        "Round",
        Callback<void, const SpeculativeRound&>([&recorder, cell](const SpeculativeRound& round) {
            base::InterruptionGuard::RequireGoingOn();
            recorder.Add(cell, round);
        }));
    client->TraceConnectWithoutContext("Answered",
                                       Callback<void, const SpeculativeOutcome&>(
                                           [&recorder, &left, cell, phone = PeekPointer(client)](
                                               const SpeculativeOutcome& outcome) {
                                               base::InterruptionGuard::RequireGoingOn();
                                               recorder.Add(cell, outcome);
                                               left -= phone->HasEnded();
                                               if (left == 0)
                                               {
                                                   Simulator::Stop();
                                               }
                                           }));
}

/// Run one mode. @param scenario what is run @param mode how answers are decoded @param recorder
/// gets rounds and answers @param timeline of the mode, or null
void
Simulate(const LlmMecSpeculationScenario& scenario,
         const std::string& mode,
         LlmMecSpeculationRecorder& recorder,
         LlmMecTimeline* timeline)
{
    const std::vector<LlmMecSpeculationCell> cells = scenario.BuildCells(mode);
    uint64_t left = scenario.devices;
    for (std::size_t c = 0; c < cells.size(); ++c)
    {
        if (timeline)
        {
            Draw(*timeline, c, cells[c]);
        }
        for (const Ptr<SpeculativeClient>& client : cells[c].clients)
        {
            Watch(client, c, recorder, left);
        }
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

/// Print what came out. @param scenario what was run @param all totals of its modes, by what is
/// typed
void
Print(const LlmMecSpeculationScenario& scenario,
      const std::vector<std::pair<std::string, LlmMecSpeculationTotals>>& all)
{
    const LlmMecSpeculationTotals& totals = all.front().second;
    std::cout << totals.GetComplete() << " of " << totals.GetAnswers()
              << " answers complete, acceptance " << scenario.GetAcceptance() << ", "
              << totals.GetTokensPerStep() << " tokens a verdict, " << totals.GetDraftedPerToken()
              << " drafts a token\n\n";
    std::cout << std::left << std::setw(14) << "mode" << std::right;
    for (const char* name : {"tokens/s", "TTFT s", "TPOT s", "latency s", "J/token"})
    {
        std::cout << std::setw(11) << name;
    }
    std::cout << '\n';
    for (const auto& [mode, of] : all)
    {
        PrintRow(mode, of);
    }
    std::cout << "\ntokens/s as a phone sees them while it is answered; means over answers; joules "
                 "of phone, radio and server\n";
}

/// Run the study. @param argc number of arguments @param argv arguments
void
Run(int argc, char* argv[])
{
    const base::InterruptionGuard guard; // seen when a draft, a round or an answer ends
    LlmMecSpeculationScenario scenario;
    std::string output;
    std::string timelinePath;
    LlmMecSettings line;
    scenario.AddTo(line);
    line.AddText("output", "Folder of the files; none when empty", output);
    line.AddText("timeline",
                 "Chrome trace of drafting, uploading, waiting and verifying; none when empty",
                 timelinePath);
    line.Parse(argc, argv, __FILE__, "Phones draft tokens, a server verifies them.");
    scenario.Complete();

    LlmMecSpeculationRecorder recorder(output);
    std::unique_ptr<LlmMecTimeline> timeline;
    if (!timelinePath.empty())
    {
        timeline = std::make_unique<LlmMecTimeline>(timelinePath);
    }
    Simulate(scenario, scenario.mode, recorder, timeline.get());
    std::vector<std::pair<std::string, LlmMecSpeculationTotals>> all{
        {scenario.mode, recorder.GetTotals()}};
    for (const std::string& mode : scenario.GetModes())
    {
        if (mode != scenario.mode)
        {
            LlmMecSpeculationRecorder other("");
            Simulate(scenario, mode, other, nullptr);
            all.emplace_back(mode, other.GetTotals());
        }
    }
    std::vector<std::pair<std::string, LlmMecSpeculationTotals>> others;
    for (auto other = all.begin() + 1; other != all.end(); ++other)
    {
        others.emplace_back(KEYS.at(other->first), other->second);
    }
    recorder.Finish(line.GetValues(), others);
    if (timeline)
    {
        timeline->Finish();
    }
    Print(scenario, all);
}

} // namespace

int
main(int argc, char* argv[])
{
    return base::RunProgram("mec-speculate", argc, argv, [&]() { Run(argc, argv); });
}

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
 * With --output it writes slots.csv, tasks.csv and summary.json there. Things to try:
 *
 *     --profile=qwen3-8b-ecld              a model whose hallucination limit binds
 *     --profile=llama-3.1-8b-ecld,mine.json  MLUs that differ: entries are dealt out in turn
 *     --device=phone,jetson-nano           the same for devices
 *     --compute=profile --quality=Sampled --profile=FILE --serverProfile=FILE
 *                                          what ./llm-mec compress measured: latency, energy,
 * quality
 *     --taskBits="ns3::UniformRandomVariable[Min=1e6|Max=2.5e6]"
 *     --fadingCorrelation=0.9 --slotBarrier=0 --serverDiscipline=FirstComeFirstServed --batteryJ=50
 *     --ns3::llmmec::FixedPolicy::OffloadRatio=0.7 --policy=fixed
 */

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/llm-mec-helper.h"
#include "ns3/llm-mec-recorder.h"
#include "ns3/llm-mec-setting.h"
#include "ns3/offload-policy.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <csignal>
#include <iomanip>
#include <iostream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

volatile std::sig_atomic_t g_isInterrupted = 0; //!< Ctrl-C was pressed

/// What a user may set; the defaults are the paper's, or ours where it is silent.
struct Scenario
{
    uint64_t mlus{2};                                ///< K in a cell
    uint64_t cells{1};                               ///< independent cells
    uint64_t slots{100};                             ///< T
    std::string policy{"optimal"};                   ///< who decides
    std::string profile{"llama-3.1-8b-ecld"};        ///< the MLUs' models
    std::string serverProfile;                       ///< the server's model
    std::string device;                              ///< the MLUs' devices
    std::string compute{"cycles"};                   ///< how an MLU computes
    std::string taskBits{"1e6"};                     ///< X, bits
    double radiusM{20};                              ///< of the disc, m
    double serverHeightM{10};                        ///< h_MEC, m
    double speedMps{0};                              ///< of MLUs, m/s
    double referenceGainDb{-30};                     ///< g_0, dB
    double maxPowerDbm{33};                          ///< P_max, dBm
    double noiseDbm{-104};                           ///< sigma^2, dBm
    double bandwidthHz{10e6};                        ///< B, Hz
    double ricianK{8};                               ///< kappa, linear
    double fadingCorrelation{0};                     ///< slot to slot
    std::string interference{"Slot"};                ///< Slot or Active
    double maxUplinkLatencyS{10};                    ///< cap of (20), s
    double localHz{2e9};                             ///< f, cycles/s
    double serverHz{10e9};                           ///< F, cycles/s
    std::string serverDiscipline{"DedicatedServer"}; ///< how requests share F
    double cyclesPerBit{900};                        ///< phi
    double energyCoefficient{1e-28};                 ///< kappa_comp
    double energyBudgetJ{2};                         ///< E_max, J
    double batteryJ{0};                              ///< for the run, J; 0 for none
    double minAccuracy{0.6};                         ///< A_min
    double maxHallucination{0.78};                   ///< H_max
    std::string quality{"Constant"};                 ///< Constant or Sampled
    double penaltyWeight{1};                         ///< omega, s
    double slotS{1};                                 ///< tau, s
    bool slotBarrier{true};                          ///< a slot starts when the last has ended
    std::string output;                              ///< folder of the files
    std::string tasks{"auto"};                       ///< whether to write tasks.csv
};

/// Put the scenario on the command line. @param settings the command line @param s the scenario
void
AddSettings(LlmMecSettings& settings, Scenario& s)
{
    const double tiny = 1e-30; // above zero
    settings.AddCount("mlus", "Number of MLUs K in a cell", s.mlus, 1, 100000);
    settings.AddCount("cells", "Number of cells, independent of each other", s.cells, 1, 100000);
    settings.AddCount("slots", "Number of slots T", s.slots, 1, 1000000000);
    settings.AddText("policy", "Who decides", s.policy);
    settings.AddText("profile", "Compact model: names or files, dealt out with commas", s.profile);
    settings.AddText("serverProfile", "Full model, or empty for the profile's", s.serverProfile);
    settings.AddText("device", "Device: names or files, dealt out; empty for localHz", s.device);
    settings.AddText("compute",
                     "What an MLU's share costs: CPU cycles (14), (15), or the profile's tokens",
                     s.compute,
                     {"cycles", "profile"});
    settings.AddText("taskBits", "Task size X, bits, or a random variable", s.taskBits);
    settings.AddNumber("radiusM", "Radius of the disc of MLUs, m", s.radiusM, tiny, 1e6);
    settings.AddNumber("serverHeightM", "Antenna height h_MEC, m", s.serverHeightM, 0, 1e6);
    settings.AddNumber("speedMps", "MLUs walk about at this speed, m/s", s.speedMps, 0, 1000);
    settings.AddNumber("referenceGainDb", "Gain g_0 at 1 m, dB", s.referenceGainDb, -300, 0);
    settings.AddNumber("maxPowerDbm", "Largest transmit power, dBm", s.maxPowerDbm, -200, 100);
    settings.AddNumber("noiseDbm", "Noise power over the bandwidth, dBm", s.noiseDbm, -300, 100);
    settings.AddNumber("bandwidthHz", "Uplink bandwidth B, Hz", s.bandwidthHz, tiny, 1e15);
    settings.AddNumber("ricianK", "Rician factor kappa, linear", s.ricianK, 0, 1e9);
    settings.AddNumber("fadingCorrelation",
                       "Correlation of the fading from slot to slot",
                       s.fadingCorrelation,
                       0,
                       1);
    settings.AddText("interference", "Who interferes", s.interference, {"Slot", "Active"});
    settings.AddNumber("maxUplinkLatencyS",
                       "A longer upload is ended and flagged, s",
                       s.maxUplinkLatencyS,
                       1e-6,
                       1e6);
    settings.AddNumber("localHz", "CPU frequency f of an MLU, Hz", s.localHz, 1, 1e18);
    settings.AddNumber("serverHz", "CPU frequency F of the server, Hz", s.serverHz, 1, 1e18);
    settings.AddText("serverDiscipline",
                     "How requests share the server",
                     s.serverDiscipline,
                     {"DedicatedServer", "ProcessorSharing", "FirstComeFirstServed"});
    settings.AddNumber("cyclesPerBit", "CPU cycles phi a bit", s.cyclesPerBit, 1e-6, 1e12);
    settings.AddNumber("energyCoefficient",
                       "kappa_comp, J per cycle per Hz^2",
                       s.energyCoefficient,
                       0,
                       1);
    settings.AddNumber("energyBudgetJ", "Energy budget of a slot, J", s.energyBudgetJ, 1e-12, 1e12);
    settings.AddNumber("batteryJ", "Battery for the run, J; 0 for none", s.batteryJ, 0, 1e12);
    settings.AddNumber("minAccuracy", "Least effective accuracy", s.minAccuracy, 0, 1);
    settings.AddNumber("maxHallucination",
                       "Largest effective hallucination",
                       s.maxHallucination,
                       0,
                       1);
    settings.AddText("quality",
                     "Quality of a task: the profile's means or one of its samples",
                     s.quality,
                     {"Constant", "Sampled"});
    settings.AddNumber("penaltyWeight", "Weight omega of the penalty, s", s.penaltyWeight, 0, 1e9);
    settings.AddNumber("slotS", "Duration tau of a slot, s", s.slotS, 1e-9, 1e6);
    settings.AddFlag("slotBarrier", "A slot starts when the last one has ended", s.slotBarrier);
    settings.AddText("output",
                     "Folder of slots.csv, tasks.csv, summary.json; no files when empty",
                     s.output);
    settings.AddText("tasks",
                     "Write tasks.csv; auto: up to 100,000 tasks",
                     s.tasks,
                     {"auto", "yes", "no"});
}

/// @param text texts with commas in between @return the texts
std::vector<std::string>
Split(const std::string& text)
{
    std::vector<std::string> parts;
    std::istringstream words(text);
    for (std::string word; std::getline(words, word, ',');)
    {
        parts.push_back(word);
    }
    return parts;
}

/// @param s the scenario @return what builds its cells, but for what differs among MLUs
LlmMecHelper
MakeHelper(const Scenario& s)
{
    ObjectFactory device;
    if (s.compute == "profile")
    {
        device.SetTypeId("ns3::llmmec::ProfileComputeModel");
    }
    else
    {
        device.SetTypeId("ns3::llmmec::CycleComputeModel");
        device.Set("FrequencyHz", DoubleValue(s.localHz));
        device.Set("EnergyCoefficient", DoubleValue(s.energyCoefficient));
    }
    ObjectFactory server;
    server.SetTypeId("ns3::llmmec::CycleComputeModel");
    server.Set("FrequencyHz", DoubleValue(s.serverHz));
    ObjectFactory discipline;
    discipline.SetTypeId("ns3::llmmec::" + s.serverDiscipline + "Discipline");
    ObjectFactory quality;
    quality.SetTypeId("ns3::llmmec::" + s.quality + "QualityModel");

    LlmMecHelper mec;
    mec.SetStream(0);
    mec.SetPolicy(s.policy);
    mec.SetMluCompute(device);
    mec.SetServerCompute(server);
    mec.SetServerDiscipline(discipline);
    mec.SetQuality(quality);
    mec.SetRadiusM(s.radiusM);
    mec.SetServerHeightM(s.serverHeightM);
    mec.SetSpeedMps(s.speedMps);
    mec.SetReferenceGainDb(s.referenceGainDb);
    if (s.batteryJ > 0)
    {
        mec.SetBatteryJ(s.batteryJ);
    }
    mec.SetFadingAttribute("KFactor", DoubleValue(s.ricianK));
    mec.SetFadingAttribute("Correlation", DoubleValue(s.fadingCorrelation));
    mec.SetUplinkAttribute("BandwidthHz", DoubleValue(s.bandwidthHz));
    mec.SetUplinkAttribute("NoiseDbm", DoubleValue(s.noiseDbm));
    mec.SetUplinkAttribute("Interference", StringValue(s.interference));
    mec.SetUplinkAttribute("MaxLatency", TimeValue(Seconds(s.maxUplinkLatencyS)));
    mec.SetMluAttribute("MaxPowerDbm", DoubleValue(s.maxPowerDbm));
    mec.SetMluAttribute("EnergyBudgetJ", DoubleValue(s.energyBudgetJ));
    mec.SetMluAttribute("CyclesPerBit", DoubleValue(s.cyclesPerBit));
    mec.SetControllerAttribute("Slots", UintegerValue(s.slots));
    mec.SetControllerAttribute("SlotDuration", TimeValue(Seconds(s.slotS)));
    mec.SetControllerAttribute("SlotBarrier", BooleanValue(s.slotBarrier));
    mec.SetControllerAttribute("MinAccuracy", DoubleValue(s.minAccuracy));
    mec.SetControllerAttribute("MaxHallucination", DoubleValue(s.maxHallucination));
    mec.SetControllerAttribute("PenaltyWeight", DoubleValue(s.penaltyWeight));
    return mec;
}

/// @param s the scenario @return its cells
std::vector<LlmMecCell>
BuildCells(const Scenario& s)
{
    LlmMecHelper mec = MakeHelper(s);
    const std::vector<std::string> profiles = Split(s.profile);
    const std::vector<std::string> devices = Split(s.device);
    if (profiles.empty())
    {
        throw std::invalid_argument("--profile=: expected at least one name or file");
    }
    std::vector<LlmMecCell> cells;
    for (uint64_t c = 0; c < s.cells; ++c)
    {
        mec.SetProfile(profiles.front(), s.serverProfile);
        cells.push_back(mec.CreateCell());
        for (uint64_t k = 0; k < s.mlus; ++k)
        {
            if (profiles.size() > 1)
            {
                mec.SetProfile(profiles[k % profiles.size()], s.serverProfile);
            }
            if (!devices.empty())
            {
                mec.SetDevice(devices[k % devices.size()]);
            }
            mec.SetMluAttribute("TaskBits",
                                PointerValue(MakeRandomVariable("taskBits", s.taskBits)));
            mec.AddMlus(cells.back(), NodeContainer(1));
        }
    }
    return cells;
}

/// Show how far the run is, and stop it after Ctrl-C. @param s the scenario @param cells its cells
void
WatchProgress(const Scenario& s, const std::vector<LlmMecCell>& cells)
{
    const bool isShown = isatty(STDERR_FILENO);
    const uint64_t slots = s.slots * s.cells;
    auto ended = std::make_shared<uint64_t>(0);
    const auto watch =
        [isShown, slots, ended](const SlotObservation&, const SlotDecision&, const SlotOutcome&) {
            if (g_isInterrupted)
            {
                throw std::runtime_error("interrupted, nothing was written");
            }
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

/// Print the means. @param s the scenario @param recorder what was recorded
void
PrintTable(const Scenario& s, const LlmMecRecorder& recorder)
{
    std::cout << s.policy << ", " << s.mlus << " MLUs, " << s.cells << " cells, " << s.slots
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
        std::cout << recorder.GetUnservedTasks() << " tasks unserved, the battery was empty\n";
    }
}

/// Run the scenario. @param argc number of arguments @param argv arguments
void
Run(int argc, char* argv[])
{
    Scenario scenario;
    LlmMecSettings settings;
    AddSettings(settings, scenario);
    settings.Parse(argc, argv, __FILE__, "Mobile LLM users offload to an MEC server.");

    constexpr uint64_t manyTasks = 100000;
    const bool withTasks =
        scenario.tasks == "yes" ||
        (scenario.tasks == "auto" && scenario.mlus * scenario.cells * scenario.slots <= manyTasks);
    const std::vector<LlmMecCell> cells = BuildCells(scenario);
    LlmMecRecorder recorder(scenario.output, withTasks);
    for (const LlmMecCell& cell : cells)
    {
        recorder.AddCell(cell);
    }
    WatchProgress(scenario, cells);
    LlmMecHelper::StopWhenAllEnded(cells);
    Simulator::Run();
    recorder.Finish(settings.GetValues());
    PrintTable(scenario, recorder);
    Simulator::Destroy();
}

} // namespace

int
main(int argc, char* argv[])
{
    // Seen when a slot ends. A slot can take long, so a second Ctrl-C ends the program at once.
    std::signal(SIGINT, [](int) {
        g_isInterrupted = 1;
        std::signal(SIGINT, SIG_DFL);
    });
    try
    {
        Run(argc, argv);
    }
    catch (const std::exception& error)
    {
        std::cerr << "mec-offload: " << error.what() << '\n';
        return 1;
    }
    return 0;
}

/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-scenario.h"

#include "llm-mec-link-names.h"
#include "llm-mec-random-variable.h"
#include "llm-mec-step-time.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/pointer.h"
#include "ns3/random-variable-stream.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <map>
#include <sstream>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

namespace
{

const std::string MLU = "ns3::llmmec::MluApplication"; //!< type of the MLUs

/// Attributes whose default has no effect, since the cells are built with other values, and what is
/// to be typed instead.
const std::map<std::string, std::string> INSTEAD{
    {"ns3::llmmec::MluApplication::ComputeModel", "--compute"},
    {"ns3::llmmec::MluApplication::QualityModel", "--quality"},
    {"ns3::llmmec::MecServerApplication::ComputeModel", "--serverHz"},
    {"ns3::llmmec::MecServerApplication::Discipline", "--serverDiscipline"},
    {"ns3::llmmec::ContinuousBatchingDiscipline::Engine", "attributes of the engine"},
    {"ns3::llmmec::ContinuousBatchingEngine::StepTimeModel", "--serving"},
    {"ns3::llmmec::StepTimeComputeModel::StepTimeModel", "--serving"},
    {"ns3::llmmec::CoefficientStepTimeModel::File", "--serving"},
    {"ns3::llmmec::OffloadController::Policy", "--policy"},
    {"ns3::llmmec::MecUplinkChannel::PropagationLossModel", "--referenceGainDb"},
    {"ns3::llmmec::MecPacketLink::PropagationLossModel", "--referenceGainDb"},
    {"ns3::llmmec::MecPacketLink::BandwidthHz", "--bandwidthHz"},
    {"ns3::llmmec::MecPacketLink::NoiseDbm", "--noiseDbm"},
    {"ns3::llmmec::MecPacketLink::MaxLatency", "--maxUplinkLatencyS"},
    {"ns3::llmmec::MecPacketLink::RateModel", "--interference"},
    {"ns3::llmmec::MecNetworkLink::PropagationLossModel", "--referenceGainDb"},
    {"ns3::llmmec::MecNetworkLink::BandwidthHz", "--bandwidthHz"},
    {"ns3::llmmec::MecNetworkLink::NoiseDbm", "--noiseDbm"},
    {"ns3::llmmec::MecSocketLink::MaxLatency", "--maxUplinkLatencyS"},
    {"ns3::llmmec::MecUplinkBand::PropagationLossModel", "--referenceGainDb"},
    {"ns3::llmmec::MecUplinkBand::BandwidthHz", "--bandwidthHz"},
    {"ns3::llmmec::MecUplinkBand::NoiseDbm", "--noiseDbm"},
    {"ns3::llmmec::MecUplinkBand::RateModel", "--interference"},
    {"ns3::llmmec::MecUplinkPhy::TxPowerDbm", "--maxPowerDbm"},
    {"ns3::llmmec::ConstantQualityModel::LocalAccuracy", "--profile"},
    {"ns3::llmmec::ConstantQualityModel::LocalHallucination", "--profile"},
    {"ns3::llmmec::ConstantQualityModel::MecAccuracy", "--serverProfile"},
    {"ns3::llmmec::ConstantQualityModel::MecHallucination", "--serverProfile"},
    {"ns3::RandomWalk2dMobilityModel::Bounds", "--radiusM"},
    {"ns3::RandomWalk2dMobilityModel::Speed", "--speedMps"},
    // ns-3 moved it into a namespace of its own.
    {"ns3::BasicEnergySource::BasicEnergySourceInitialEnergyJ", "--batteryJ"},
    {"ns3::energy::BasicEnergySource::BasicEnergySourceInitialEnergyJ", "--batteryJ"},
};

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

constexpr int64_t CLOCK_STREAM = int64_t{1} << 40; //!< above those that cells use

/// Refuse what was set and would have no effect beside other settings.
/// @param s the scenario @throw std::invalid_argument in one line
void
RefuseUnused(const LlmMecScenario& s)
{
    const LlmMecScenario unset;
    const auto refuse = [&](const std::string& name, double value, double unsetValue, auto why) {
        if (value != unsetValue || (s.typed && s.typed->count(name) > 0))
        {
            std::ostringstream message;
            message << "--" << name << "=" << value << ": expected none with " << why;
            throw std::invalid_argument(message.str());
        }
    };
    if (s.compute == "profile")
    {
        const auto why = "--compute=profile, which takes latency and energy from the profile";
        refuse("localHz", s.localHz, unset.localHz, why);
        refuse("localHzSpread", s.localHzSpread, unset.localHzSpread, why);
        refuse("energyCoefficient", s.energyCoefficient, unset.energyCoefficient, why);
    }
    const bool isBatching = s.serverDiscipline == "ContinuousBatching";
    if (isBatching)
    {
        refuse("serverHz",
               s.serverHz,
               unset.serverHz,
               "--serverDiscipline=ContinuousBatching, whose steps take what --serving says");
    }
    else if (!s.serving.empty())
    {
        throw std::invalid_argument("--serving=" + s.serving +
                                    ": expected none without "
                                    "--serverDiscipline=ContinuousBatching");
    }
    if (s.link != "fluid" && s.link != "packets" && s.typed && s.typed->count("interference") > 0)
    {
        throw std::invalid_argument("--interference=" + s.interference +
                                    ": expected none with --link=" + s.link +
                                    ", which shares its channel in its own way");
    }
    if (!s.device.empty())
    {
        const std::string why = "--device=" + s.device + ", which has its own";
        refuse("localHz", s.localHz, unset.localHz, why);
        refuse("localHzSpread", s.localHzSpread, unset.localHzSpread, why);
        refuse("energyCoefficient", s.energyCoefficient, unset.energyCoefficient, why);
        refuse("maxPowerDbm", s.maxPowerDbm, unset.maxPowerDbm, why);
    }
}

} // namespace

void
LlmMecScenario::AddTo(LlmMecSettings& settings)
{
    const double tiny = 1e-30; // above zero
    const std::string mlu = "ns3::llmmec::MluApplication::";
    const std::string controller = "ns3::llmmec::OffloadController::";
    const std::string uplink = "ns3::llmmec::MecUplinkChannel::";
    const std::string fading = "ns3::llmmec::RicianPropagationLossModel::";
    const std::string cpu = "ns3::llmmec::CycleComputeModel::";
    settings.AddCount("mlus", "Number of MLUs K in a cell", mlus, 1, 100000);
    settings.AddCount("cells", "Number of cells, independent of each other", cells, 1, 100000);
    settings.AddCount("slots", "Number of slots T", slots, 1, 1000000000);
    settings.Bind(controller + "Slots");
    settings.AddText("profile", "Compact model: names or files, dealt out with commas", profile);
    settings.AddText("serverProfile", "Full model, or empty for the profile's", serverProfile);
    settings.AddText("device", "Device: names or files, dealt out; empty for localHz", device);
    settings.AddText("compute",
                     "What an MLU's share costs: CPU cycles (14), (15), or the profile's tokens",
                     compute,
                     {"cycles", "profile"});
    settings.AddText("taskBits", "Task size X, bits, or a random variable", taskBits);
    settings.Bind(mlu + "TaskBits");
    settings.AddNumber("radiusM", "Radius of the disc of MLUs, m", radiusM, tiny, 1e6);
    settings.AddNumber("serverHeightM", "Antenna height h_MEC, m", serverHeightM, 0, 1e6);
    settings.AddNumber("speedMps",
                       "Speed at which MLUs walk, m/s, at most 20 radiusM a second",
                       speedMps,
                       0,
                       1000);
    settings.AddNumber("referenceGainDb", "Gain g_0 at 1 m, dB", referenceGainDb, -300, 0);
    settings.Bind("ns3::LogDistancePropagationLossModel::ReferenceLoss", -1);
    settings.AddAttribute("maxPowerDbm", mlu + "MaxPowerDbm", maxPowerDbm);
    settings.AddAttribute("noiseDbm", uplink + "NoiseDbm", noiseDbm);
    settings.AddAttribute("bandwidthHz", uplink + "BandwidthHz", bandwidthHz);
    settings.AddAttribute("ricianK", fading + "KFactor", ricianK);
    settings.AddAttribute("fadingCorrelation", fading + "Correlation", fadingCorrelation);
    settings.AddText("link", LlmMecLinkNames::GetHelp(), link, LlmMecLinkNames::GetAll());
    settings.AddAttribute("interference", uplink + "Interference", interference);
    settings.AddNumber("maxUplinkLatencyS",
                       "A longer upload is ended and flagged, s",
                       maxUplinkLatencyS,
                       1e-6,
                       1e6);
    settings.Bind(uplink + "MaxLatency");
    settings.AddAttribute("localHz", cpu + "FrequencyHz", localHz);
    settings.AddNumber("localHzSpread",
                       "Clocks are drawn once an MLU, evenly up to this share below and above "
                       "localHz",
                       localHzSpread,
                       0,
                       0.99);
    settings.AddNumber("serverHz", "CPU frequency F of the server, Hz", serverHz, 1, 1e18);
    settings.AddText(
        "serverDiscipline",
        "How requests share the server",
        serverDiscipline,
        {"DedicatedServer", "ProcessorSharing", "FirstComeFirstServed", "ContinuousBatching"});
    settings.AddText("serving",
                     "What a step of a ContinuousBatching server takes: a name of data/serving, a "
                     "file, roofline:DEVICE:MODEL, or empty for the server's profile",
                     serving);
    settings.AddAttribute("cyclesPerBit", mlu + "CyclesPerBit", cyclesPerBit);
    settings.AddAttribute("energyCoefficient", cpu + "EnergyCoefficient", energyCoefficient);
    settings.AddAttribute("energyBudgetJ", mlu + "EnergyBudgetJ", energyBudgetJ);
    settings.AddNumber("batteryJ", "Battery for the run, J; 0 for none", batteryJ, 0, 1e12);
    settings.AddAttribute("minAccuracy", controller + "MinAccuracy", minAccuracy);
    settings.AddAttribute("maxHallucination", controller + "MaxHallucination", maxHallucination);
    settings.AddText("quality",
                     "Quality of a task: the profile's means or one of its samples",
                     quality,
                     {"Constant", "Sampled"});
    settings.AddAttribute("penaltyWeight", controller + "PenaltyWeight", penaltyWeight);
    settings.AddNumber("slotS", "Duration tau of a slot, s", slotS, 1e-9, 1e6);
    settings.Bind(controller + "SlotDuration");
    settings.AddAttribute("slotBarrier", controller + "SlotBarrier", slotBarrier);
    typed = settings.GetTyped();
}

LlmMecHelper
LlmMecScenario::MakeHelper() const
{
    RefuseUnused(*this);
    const std::vector<std::string> profiles = Split(profile);
    if (profiles.empty())
    {
        throw std::invalid_argument("--profile=: expected at least one name or file");
    }
    LlmMecHelper mec;
    mec.SetStream(0);
    mec.SetProfile(profiles.front(), serverProfile);
    SetMlus(mec);
    SetServersAndController(mec);
    SetRadio(mec);
    return mec;
}

void
LlmMecScenario::SetMlus(LlmMecHelper& mec) const
{
    if (compute == "profile")
    {
        mec.SetMluCompute("ns3::llmmec::ProfileComputeModel");
    }
    else
    {
        SetClock(mec, localHz);
    }
    mec.SetQuality("ns3::llmmec::" + quality + "QualityModel");
    mec.SetMlu(MLU,
               "MaxPowerDbm",
               DoubleValue(maxPowerDbm),
               "EnergyBudgetJ",
               DoubleValue(energyBudgetJ),
               "CyclesPerBit",
               DoubleValue(cyclesPerBit));
    if (batteryJ > 0)
    {
        mec.SetBatteryJ(batteryJ);
    }
    LlmMecPlacement placement;
    placement.radiusM = radiusM;
    placement.serverHeightM = serverHeightM;
    placement.speedMps = speedMps;
    mec.SetPlacement(placement);
}

void
LlmMecScenario::SetClock(LlmMecHelper& mec, double hz) const
{
    mec.SetMluCompute("ns3::llmmec::CycleComputeModel",
                      "FrequencyHz",
                      DoubleValue(hz),
                      "EnergyCoefficient",
                      DoubleValue(energyCoefficient));
}

void
LlmMecScenario::SetServersAndController(LlmMecHelper& mec) const
{
    mec.SetServerCompute("ns3::llmmec::CycleComputeModel", "FrequencyHz", DoubleValue(serverHz));
    mec.SetServerDiscipline("ns3::llmmec::" + serverDiscipline + "Discipline");
    if (!serving.empty())
    {
        mec.SetServing(MakeStepTimeModel(serving));
    }
    mec.SetController("ns3::llmmec::OffloadController",
                      "Slots",
                      UintegerValue(slots),
                      "SlotDuration",
                      TimeValue(Seconds(slotS)),
                      "SlotBarrier",
                      BooleanValue(slotBarrier),
                      "MinAccuracy",
                      DoubleValue(minAccuracy),
                      "MaxHallucination",
                      DoubleValue(maxHallucination),
                      "PenaltyWeight",
                      DoubleValue(penaltyWeight));
}

void
LlmMecScenario::SetRadio(LlmMecHelper& mec) const
{
    const std::string type = LlmMecLinkNames::GetType(link);
    mec.SetLink(type,
                "BandwidthHz",
                DoubleValue(bandwidthHz),
                "NoiseDbm",
                DoubleValue(noiseDbm),
                "MaxLatency",
                TimeValue(Seconds(maxUplinkLatencyS)));
    if (link == "packets")
    {
        mec.SetLink(type,
                    "RateModel",
                    StringValue("ns3::llmmec::Mec" + interference + "RateModel"));
    }
    else if (link == "fluid")
    {
        mec.SetLink(type, "Interference", StringValue(interference));
    }
    mec.SetPathLoss("ns3::LogDistancePropagationLossModel",
                    "ReferenceLoss",
                    DoubleValue(-referenceGainDb));
    mec.SetFading("ns3::llmmec::RicianPropagationLossModel",
                  "KFactor",
                  DoubleValue(ricianK),
                  "Correlation",
                  DoubleValue(fadingCorrelation));
}

std::vector<LlmMecCell>
LlmMecScenario::BuildCells(LlmMecHelper& mec) const
{
    const std::vector<std::string> profiles = Split(profile);
    const std::vector<std::string> devices = Split(device);
    Ptr<UniformRandomVariable> clocks = CreateObject<UniformRandomVariable>();
    clocks->SetStream(CLOCK_STREAM);
    std::vector<LlmMecCell> built;
    for (uint64_t c = 0; c < cells; ++c)
    {
        built.push_back(mec.CreateCell());
        for (uint64_t k = 0; k < mlus; ++k)
        {
            if (profiles.size() > 1)
            {
                mec.SetProfile(profiles[k % profiles.size()], serverProfile);
            }
            if (localHzSpread > 0)
            {
                SetClock(
                    mec,
                    clocks->GetValue(localHz * (1 - localHzSpread), localHz * (1 + localHzSpread)));
            }
            if (!devices.empty())
            {
                mec.SetDevice(devices[k % devices.size()]);
            }
            if (!taskBits.empty())
            {
                mec.SetMlu(MLU, "TaskBits", PointerValue(MakeRandomVariable("taskBits", taskBits)));
            }
            mec.AddMlus(built.back(), NodeContainer(1));
        }
    }
    if (typed)
    {
        mec.GetAttributeUse().RefuseUnused(*typed, INSTEAD);
    }
    return built;
}

} // namespace llmmec
} // namespace ns3

/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-scenario.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/pointer.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <sstream>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

namespace
{

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
        refuse("energyCoefficient", s.energyCoefficient, unset.energyCoefficient, why);
    }
    if (!s.device.empty())
    {
        const std::string why = "--device=" + s.device + ", which has its own";
        refuse("localHz", s.localHz, unset.localHz, why);
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
    settings.AddNumber("speedMps", "MLUs walk about at this speed, m/s", speedMps, 0, 1000);
    settings.AddNumber("referenceGainDb", "Gain g_0 at 1 m, dB", referenceGainDb, -300, 0);
    settings.Bind("ns3::LogDistancePropagationLossModel::ReferenceLoss", -1);
    settings.AddAttribute("maxPowerDbm", mlu + "MaxPowerDbm", maxPowerDbm);
    settings.AddAttribute("noiseDbm", uplink + "NoiseDbm", noiseDbm);
    settings.AddAttribute("bandwidthHz", uplink + "BandwidthHz", bandwidthHz);
    settings.AddAttribute("ricianK", fading + "KFactor", ricianK);
    settings.AddAttribute("fadingCorrelation", fading + "Correlation", fadingCorrelation);
    settings.AddAttribute("interference", uplink + "Interference", interference);
    settings.AddNumber("maxUplinkLatencyS",
                       "A longer upload is ended and flagged, s",
                       maxUplinkLatencyS,
                       1e-6,
                       1e6);
    settings.Bind(uplink + "MaxLatency");
    settings.AddAttribute("localHz", cpu + "FrequencyHz", localHz);
    settings.AddNumber("serverHz", "CPU frequency F of the server, Hz", serverHz, 1, 1e18);
    settings.AddText("serverDiscipline",
                     "How requests share the server",
                     serverDiscipline,
                     {"DedicatedServer", "ProcessorSharing", "FirstComeFirstServed"});
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
    ObjectFactory mluCompute;
    if (compute == "profile")
    {
        mluCompute.SetTypeId("ns3::llmmec::ProfileComputeModel");
    }
    else
    {
        mluCompute.SetTypeId("ns3::llmmec::CycleComputeModel");
        mluCompute.Set("FrequencyHz", DoubleValue(localHz));
        mluCompute.Set("EnergyCoefficient", DoubleValue(energyCoefficient));
    }
    ObjectFactory serverCompute;
    serverCompute.SetTypeId("ns3::llmmec::CycleComputeModel");
    serverCompute.Set("FrequencyHz", DoubleValue(serverHz));
    ObjectFactory serverQueue;
    serverQueue.SetTypeId("ns3::llmmec::" + serverDiscipline + "Discipline");
    ObjectFactory qualityModel;
    qualityModel.SetTypeId("ns3::llmmec::" + quality + "QualityModel");

    const std::vector<std::string> profiles = Split(profile);
    if (profiles.empty())
    {
        throw std::invalid_argument("--profile=: expected at least one name or file");
    }
    LlmMecHelper mec;
    mec.SetStream(0);
    mec.SetProfile(profiles.front(), serverProfile);
    mec.SetMluCompute(mluCompute);
    mec.SetServerCompute(serverCompute);
    mec.SetServerDiscipline(serverQueue);
    mec.SetQuality(qualityModel);
    mec.SetRadiusM(radiusM);
    mec.SetServerHeightM(serverHeightM);
    mec.SetSpeedMps(speedMps);
    mec.SetReferenceGainDb(referenceGainDb);
    if (batteryJ > 0)
    {
        mec.SetBatteryJ(batteryJ);
    }
    mec.SetFadingAttribute("KFactor", DoubleValue(ricianK));
    mec.SetFadingAttribute("Correlation", DoubleValue(fadingCorrelation));
    mec.SetUplinkAttribute("BandwidthHz", DoubleValue(bandwidthHz));
    mec.SetUplinkAttribute("NoiseDbm", DoubleValue(noiseDbm));
    mec.SetUplinkAttribute("Interference", StringValue(interference));
    mec.SetUplinkAttribute("MaxLatency", TimeValue(Seconds(maxUplinkLatencyS)));
    mec.SetMluAttribute("MaxPowerDbm", DoubleValue(maxPowerDbm));
    mec.SetMluAttribute("EnergyBudgetJ", DoubleValue(energyBudgetJ));
    mec.SetMluAttribute("CyclesPerBit", DoubleValue(cyclesPerBit));
    mec.SetControllerAttribute("Slots", UintegerValue(slots));
    mec.SetControllerAttribute("SlotDuration", TimeValue(Seconds(slotS)));
    mec.SetControllerAttribute("SlotBarrier", BooleanValue(slotBarrier));
    mec.SetControllerAttribute("MinAccuracy", DoubleValue(minAccuracy));
    mec.SetControllerAttribute("MaxHallucination", DoubleValue(maxHallucination));
    mec.SetControllerAttribute("PenaltyWeight", DoubleValue(penaltyWeight));
    return mec;
}

std::vector<LlmMecCell>
LlmMecScenario::BuildCells(LlmMecHelper& mec) const
{
    const std::vector<std::string> profiles = Split(profile);
    const std::vector<std::string> devices = Split(device);
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
            if (!devices.empty())
            {
                mec.SetDevice(devices[k % devices.size()]);
            }
            if (!taskBits.empty())
            {
                mec.SetMluAttribute("TaskBits",
                                    PointerValue(MakeRandomVariable("taskBits", taskBits)));
            }
            mec.AddMlus(built.back(), NodeContainer(1));
        }
    }
    if (typed)
    {
        mec.RefuseUnused(*typed);
    }
    return built;
}

} // namespace llmmec
} // namespace ns3

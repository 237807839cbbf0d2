/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-rate-model.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/mec-uplink-rate.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecRateModel");

NS_OBJECT_ENSURE_REGISTERED(MecRateModel);
NS_OBJECT_ENSURE_REGISTERED(MecSinrRateModel);
NS_OBJECT_ENSURE_REGISTERED(MecSlotRateModel);
NS_OBJECT_ENSURE_REGISTERED(MecActiveRateModel);
NS_OBJECT_ENSURE_REGISTERED(MecConstantRateModel);

TypeId
MecRateModel::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::MecRateModel").SetParent<Object>().SetGroupName("LlmMec");
    return tid;
}

TypeId
MecSinrRateModel::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::MecSinrRateModel")
                            .SetParent<MecRateModel>()
                            .SetGroupName("LlmMec")
                            .AddAttribute("MarginDb",
                                          "What is taken off the SINR, dB, >= 0.",
                                          DoubleValue(0),
                                          MakeDoubleAccessor(&MecSinrRateModel::m_marginDb),
                                          MakeDoubleChecker<double>(0, 300));
    return tid;
}

double
MecSinrRateModel::GetRateBps(const MecRadioState& state) const
{
    return GetRateAtBps(state, GetInterferenceW(state));
}

double
MecSinrRateModel::GetRateAtBps(const MecRadioState& state, double interferenceW) const
{
    return UplinkRateBps(state.receivedW * std::pow(10, -m_marginDb / 10),
                         interferenceW,
                         state.bandwidthHz,
                         state.noiseW);
}

TypeId
MecSlotRateModel::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::MecSlotRateModel")
                            .SetParent<MecSinrRateModel>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<MecSlotRateModel>();
    return tid;
}

double
MecSlotRateModel::GetInterferenceW(const MecRadioState& state) const
{
    return state.slotInterferenceW;
}

TypeId
MecActiveRateModel::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::MecActiveRateModel")
                            .SetParent<MecSinrRateModel>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<MecActiveRateModel>();
    return tid;
}

double
MecActiveRateModel::GetRateBps(const MecRadioState& state) const
{
    const double slotBps = GetRateAtBps(state, state.slotInterferenceW);
    return std::min(MecSinrRateModel::GetRateBps(state), std::max(state.lastAllowedBps, slotBps));
}

double
MecActiveRateModel::GetInterferenceW(const MecRadioState& state) const
{
    return state.airInterferenceW;
}

TypeId
MecConstantRateModel::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::MecConstantRateModel")
                            .SetParent<MecRateModel>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<MecConstantRateModel>()
                            .AddAttribute("RateBps",
                                          "The rate, bit/s.",
                                          DoubleValue(1e6),
                                          MakeDoubleAccessor(&MecConstantRateModel::m_rateBps),
                                          MakeDoubleChecker<double>(1e-3, 1e15));
    return tid;
}

double
MecConstantRateModel::GetRateBps(const MecRadioState&) const
{
    return m_rateBps;
}

} // namespace llmmec
} // namespace ns3

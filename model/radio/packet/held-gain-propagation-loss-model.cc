/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "held-gain-propagation-loss-model.h"

#include "ns3/boolean.h"
#include "ns3/log.h"
#include "ns3/mobility-model.h"
#include "ns3/pointer.h"

#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("HeldGainPropagationLossModel");

NS_OBJECT_ENSURE_REGISTERED(HeldGainPropagationLossModel);

TypeId
HeldGainPropagationLossModel::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::HeldGainPropagationLossModel")
            .SetParent<PropagationLossModel>()
            .SetGroupName("LlmMec")
            .AddConstructor<HeldGainPropagationLossModel>()
            .AddAttribute("Model",
                          "What gives the gains: a model, or the first of a chain.",
                          PointerValue(),
                          MakePointerAccessor(&HeldGainPropagationLossModel::SetModel,
                                              &HeldGainPropagationLossModel::GetModel),
                          MakePointerChecker<PropagationLossModel>())
            .AddAttribute("HoldGains",
                          "Whether a measured gain holds until the next measurement; if not, each "
                          "packet meets the gain of its own time.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&HeldGainPropagationLossModel::m_holdsGains),
                          MakeBooleanChecker());
    return tid;
}

double
HeldGainPropagationLossModel::MeasureGainDb(Ptr<MobilityModel> from, Ptr<MobilityModel> to)
{
    NS_LOG_FUNCTION(this << from << to);
    if (!m_model)
    {
        throw std::runtime_error("HeldGainPropagationLossModel: no Model, expected the path loss "
                                 "between MLUs and server in this attribute");
    }
    const double gainDb = m_model->CalcRxPower(0, from, to);
    m_gainsDb[{from, to}] = gainDb;
    return gainDb;
}

void
HeldGainPropagationLossModel::SetModel(Ptr<PropagationLossModel> model)
{
    NS_LOG_FUNCTION(this << model);
    m_model = model;
    m_gainsDb.clear();
}

Ptr<PropagationLossModel>
HeldGainPropagationLossModel::GetModel() const
{
    return m_model;
}

double
HeldGainPropagationLossModel::DoCalcRxPower(double txPowerDbm,
                                            Ptr<MobilityModel> a,
                                            Ptr<MobilityModel> b) const
{
    const auto held = m_holdsGains ? m_gainsDb.find({a, b}) : m_gainsDb.end();
    return held == m_gainsDb.end() ? m_model->CalcRxPower(txPowerDbm, a, b)
                                   : txPowerDbm + held->second;
}

int64_t
HeldGainPropagationLossModel::DoAssignStreams(int64_t stream)
{
    NS_LOG_FUNCTION(this << stream);
    return m_model ? m_model->AssignStreams(stream) : 0;
}

void
HeldGainPropagationLossModel::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_model = nullptr;
    m_gainsDb.clear();
    PropagationLossModel::DoDispose();
}

} // namespace llmmec
} // namespace ns3

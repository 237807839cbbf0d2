/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-cell-gains.h"

#include "ns3/log.h"
#include "ns3/mobility-model.h"

#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecCellGains");

NS_OBJECT_ENSURE_REGISTERED(MecCellGains);

TypeId
MecCellGains::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::MecCellGains")
                            .SetParent<PropagationLossModel>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<MecCellGains>();
    return tid;
}

void
MecCellGains::SetModel(Ptr<PropagationLossModel> model)
{
    NS_LOG_FUNCTION(this << model);
    m_pathLoss = model;
    m_fading = model->GetNext();
    model->SetNext(nullptr);
    m_gainsDb.clear();
}

Ptr<PropagationLossModel>
MecCellGains::GetModel() const
{
    return m_pathLoss;
}

double
MecCellGains::MeasureGainDb(Ptr<MobilityModel> mlu, Ptr<MobilityModel> server)
{
    NS_LOG_FUNCTION(this << mlu << server);
    if (!m_pathLoss)
    {
        throw std::runtime_error("MecCellGains: no path loss, expected PropagationLossModel of the "
                                 "link to be set");
    }
    const double distanceDb = m_pathLoss->CalcRxPower(0, mlu, server);
    const double gainDb = m_fading ? m_fading->CalcRxPower(distanceDb, mlu, server) : distanceDb;
    m_gainsDb[{mlu, server}] = gainDb;
    return gainDb;
}

double
MecCellGains::DoCalcRxPower(double txPowerDbm, Ptr<MobilityModel> a, Ptr<MobilityModel> b) const
{
    for (const Path& path : {Path{a, b}, Path{b, a}})
    {
        const auto measured = m_gainsDb.find(path);
        if (measured != m_gainsDb.end())
        {
            return txPowerDbm + measured->second;
        }
    }
    return m_pathLoss->CalcRxPower(txPowerDbm, a, b);
}

int64_t
MecCellGains::DoAssignStreams(int64_t stream)
{
    NS_LOG_FUNCTION(this << stream);
    int64_t used = m_pathLoss ? m_pathLoss->AssignStreams(stream) : 0;
    used += m_fading ? m_fading->AssignStreams(stream + used) : 0;
    return used;
}

void
MecCellGains::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_pathLoss = nullptr;
    m_fading = nullptr;
    m_gainsDb.clear();
    PropagationLossModel::DoDispose();
}

} // namespace llmmec
} // namespace ns3

/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "offload-cell.h"

#include "ns3/log.h"
#include "ns3/mec-dedicated-server-discipline.h"
#include "ns3/mec-first-come-first-served-discipline.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("OffloadCell");

ServerOrder
GetServerOrder(TypeId discipline)
{
    if (discipline == DedicatedServerDiscipline::GetTypeId())
    {
        return ServerOrder::PARALLEL;
    }
    return discipline == FirstComeFirstServedDiscipline::GetTypeId()
               ? ServerOrder::FIRST_COME_FIRST_SERVED
               : ServerOrder::OTHER;
}

void
OffloadCell::Describe(OffloadProblem& problem) const
{
    const auto n = static_cast<Eigen::Index>(mlus.size());
    problem.maxPowerW.resize(n);
    problem.energyBudgetJ.resize(n);
    problem.profiles.clear();
    for (Eigen::Index k = 0; k < n; ++k)
    {
        problem.maxPowerW[k] = mlus[k]->GetMaxPowerW();
        problem.energyBudgetJ[k] = mlus[k]->GetEnergyBudgetJ();
        problem.profiles.push_back(mlus[k]->GetQualityModel()->GetProfileNames());
    }
    problem.servers = static_cast<Eigen::Index>(servers.size());
    problem.bandwidthHz = link->GetMeasurement().GetBandwidthHz();
    problem.noiseW = link->GetMeasurement().GetNoiseW();
    problem.maxUplinkLatencyS = link->GetMaxLatencyS();
    problem.serverOrder = GetServerOrder(servers.front()->GetDiscipline()->GetInstanceTypeId());
    if (n > 0)
    {
        problem.unservedLatencyS = mlus.front()->GetUnservedLatencyS();
    }
    const auto hasBattery = [](Ptr<MluApplication> mlu) { return mlu->GetEnergyModel(); };
    if (std::any_of(mlus.begin(), mlus.end(), hasBattery))
    {
        problem.batteryJ.setZero(n);
        for (Eigen::Index k = 0; k < n; ++k)
        {
            const auto energy = mlus[k]->GetEnergyModel();
            problem.batteryJ[k] = energy ? energy->GetCapacityJ() : 0;
        }
    }
}

void
OffloadCell::DrawTasks(uint64_t slot, SlotTasks& tasks) const
{
    const auto n = static_cast<Eigen::Index>(mlus.size());
    const auto m = static_cast<Eigen::Index>(servers.size());
    for (auto* values : {&tasks.bits,
                         &tasks.cyclesPerBit,
                         &tasks.localLatencyS,
                         &tasks.localEnergyJ,
                         &tasks.localAccuracy,
                         &tasks.localHallucination,
                         &tasks.mecAccuracy,
                         &tasks.mecHallucination})
    {
        values->resize(n);
    }
    tasks.mecLatencyS.resize(n, m);
    std::vector<Ptr<const ComputeModel>> models;
    for (const Ptr<MecServerApplication>& server : servers)
    {
        models.push_back(server->GetComputeModel());
    }
    for (Eigen::Index k = 0; k < n; ++k)
    {
        const TaskOffer offer = mlus[k]->DrawTask(slot);
        tasks.bits[k] = offer.task.work.bits;
        tasks.cyclesPerBit[k] = offer.task.work.cyclesPerBit;
        tasks.localLatencyS[k] = offer.localCost.latencyS;
        tasks.localEnergyJ[k] = offer.localCost.energyJ;
        for (Eigen::Index i = 0; i < m; ++i)
        {
            tasks.mecLatencyS(k, i) = models[i]->GetCost(offer.task.work).latencyS;
        }
        tasks.localAccuracy[k] = offer.expected.localAccuracy;
        tasks.localHallucination[k] = offer.expected.localHallucination;
        tasks.mecAccuracy[k] = offer.expected.mecAccuracy;
        tasks.mecHallucination[k] = offer.expected.mecHallucination;
    }
}

void
OffloadCell::ObserveBacklogs(SlotObservation& observation) const
{
    const auto n = static_cast<Eigen::Index>(mlus.size());
    observation.cpuBacklogS.resize(n);
    observation.uploadBacklogBits.resize(n);
    for (Eigen::Index k = 0; k < n; ++k)
    {
        observation.cpuBacklogS[k] = mlus[k]->GetCpuBacklogS();
        observation.uploadBacklogBits[k] = mlus[k]->GetUploadBacklogBits();
    }
    observation.serverBacklogS.resize(static_cast<Eigen::Index>(servers.size()));
    for (Eigen::Index m = 0; m < static_cast<Eigen::Index>(servers.size()); ++m)
    {
        observation.serverBacklogS[m] = servers[m]->GetDiscipline()->GetBacklogS();
    }
    observation.mecBacklogS = observation.serverBacklogS[0];
}

Eigen::ArrayXd
OffloadCell::MeasureBatteries() const
{
    Eigen::ArrayXd leftJ(static_cast<Eigen::Index>(mlus.size()));
    for (Eigen::Index k = 0; k < leftJ.size(); ++k)
    {
        const auto energy = mlus[k]->GetEnergyModel();
        leftJ[k] = energy ? energy->GetRemainingJ() : 0;
    }
    return leftJ;
}

void
OffloadCell::CheckCosts(const SlotTasks& tasks, const std::string& policy) const
{
    const auto check = [&policy](Eigen::Index mlu, const char* what, double half, double whole) {
        constexpr double rounding = 1e-9;
        if (!(std::abs(half - whole / 2) <= rounding * whole))
        {
            std::ostringstream message;
            message << policy << " policy: half a task of MLU " << mlu << " has " << what << " of "
                    << half << ", expected half of " << whole << ", which the policy counts on";
            throw std::runtime_error(message.str());
        }
    };
    for (Eigen::Index k = 0; k < tasks.bits.size(); ++k)
    {
        const LlmWork half = mlus[k]->GetTask().work.GetShare(0.5);
        const ComputeCost local = mlus[k]->GetComputeModel()->GetCost(half);
        check(k, "a latency on the device, s,", local.latencyS, tasks.localLatencyS[k]);
        check(k, "an energy on the device, J,", local.energyJ, tasks.localEnergyJ[k]);
        for (Eigen::Index m = 0; m < tasks.mecLatencyS.cols(); ++m)
        {
            check(k,
                  "a latency at the server, s,",
                  servers[m]->GetComputeModel()->GetCost(half).latencyS,
                  tasks.mecLatencyS(k, m));
        }
    }
}

} // namespace llmmec
} // namespace ns3

/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "association-objective.h"

#include "ns3/log.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("AssociationObjective");

namespace
{

/// @param work to do @param rate of the whole @param share of it @return time, s; 0 without work
double
GetTimeS(double work, double rate, double share)
{
    return work > 0 ? work / (rate * share) : 0;
}

/// @param problem all that holds @param device index @param server index @param bandwidthShare y
/// @param computeShare z @return latency at token level with the queue's wait, s
double
GetDecodingS(const AssociationProblem& problem,
             Eigen::Index device,
             Eigen::Index server,
             double bandwidthShare,
             double computeShare)
{
    const double waitS = problem.servers.waitS[server];
    if (problem.devices.tokens[device] <= 0)
    {
        return waitS;
    }
    if (bandwidthShare <= 0 || computeShare <= 0)
    {
        return std::numeric_limits<double>::infinity();
    }
    const double uploadS = GetUploadDemand(problem, device, server, problem.decoding.windowBits, 1)
                               .GetUpload(bandwidthShare)
                               .timeS;
    const double roundTripS =
        uploadS + problem.servers.verifyS[server] / computeShare + problem.decoding.downlinkS;
    const double preVerifyS = problem.servers.preVerifyS[server] / computeShare;
    return waitS + GetTokenTerms(problem, device).GetLatencyS(roundTripS, preVerifyS);
}

} // namespace

double
AssociationTokenTerms::GetLatencyS(double roundTripS, double preVerifyS) const
{
    return constantS + roundTrip * roundTripS + longer * std::max(draftS, roundTripS) +
           restart * std::max(draftTokenS, preVerifyS) + longerStart * std::max(draftS, preVerifyS);
}

AssociationTokenTerms
GetTokenTerms(const AssociationProblem& problem, Eigen::Index device)
{
    const AssociationDecoding& decoding = problem.decoding;
    const double a = problem.devices.acceptance[device];
    const double n = problem.devices.tokens[device];
    AssociationTokenTerms terms;
    terms.draftTokenS = problem.devices.draftTokenS[device];
    terms.draftS = decoding.window * terms.draftTokenS;
    const double cycles = n / TokensPerCycle(a, decoding.window);
    const double rejections = n * (1 - a);
    const double windows = cycles - rejections; // n (1 - a) a / (1 - a^g)
    switch (decoding.mode)
    {
    case SpeculativeMode::CONVENTIONAL:
        terms.roundTrip = n / TokensPerRound(a, decoding.window);
        terms.constantS = terms.roundTrip * terms.draftS;
        break;
    case SpeculativeMode::LOCK_STEP:
        terms.longer = cycles;
        break;
    case SpeculativeMode::EVENT:
        terms.roundTrip = a * rejections;
        terms.longer = std::max(windows - a * rejections, 0.0);
        terms.restart = (1 - a) * rejections;
        terms.longerStart = a * rejections;
        break;
    default:
        terms.roundTrip = a * rejections;
        terms.constantS = windows * terms.draftS;
        terms.restart = (1 - a) * rejections;
        break;
    }
    return terms;
}

AssociationDemand
GetPaperDemand(const AssociationProblem& problem, Eigen::Index device, Eigen::Index server)
{
    AssociationDemand demand;
    demand.snr = problem.GetSnr(device, server);
    demand.bandwidthHz = problem.servers.bandwidthHz[server];
    demand.bits = problem.devices.uploadBits[device];
    demand.syncWeightPerS = problem.synchronisationWeightPerS;
    demand.syncS = problem.devices.draftS[device];
    demand.price = problem.GetBandPrice(device, server);
    return demand;
}

AssociationDemand
GetUploadDemand(const AssociationProblem& problem,
                Eigen::Index device,
                Eigen::Index server,
                double bits,
                double weight)
{
    AssociationDemand demand;
    demand.snr = problem.GetSnr(device, server);
    demand.bandwidthHz = problem.servers.bandwidthHz[server];
    demand.bits = weight > 0 ? bits : 0;
    demand.uploadWeight = weight;
    return demand;
}

double
GetServerCost(const AssociationProblem& problem,
              AssociationObjective objective,
              Eigen::Index server,
              const std::vector<Eigen::Index>& devices,
              const Eigen::Ref<const Eigen::ArrayXd>& bandwidthShare,
              const Eigen::Ref<const Eigen::ArrayXd>& computeShare)
{
    double cost = 0;
    for (std::size_t i = 0; i < devices.size(); ++i)
    {
        const auto at = static_cast<Eigen::Index>(i);
        if (objective == SPECULATIVE_OBJECTIVE)
        {
            cost += GetDecodingS(problem, devices[i], server, bandwidthShare[at], computeShare[at]);
            continue;
        }
        cost += problem.servers.waitS[server] +
                GetTimeS(problem.devices.serverFlop[devices[i]],
                         problem.servers.flopPerS[server],
                         computeShare[at]) +
                GetPaperDemand(problem, devices[i], server).GetCost(bandwidthShare[at]);
    }
    return cost;
}

double
GetConstantCost(const AssociationProblem& problem, AssociationObjective objective)
{
    if (objective == SPECULATIVE_OBJECTIVE)
    {
        return 0;
    }
    const Eigen::ArrayXd price = problem.GetDraftPrice();
    double constant = 0;
    for (Eigen::Index device = 0; device < problem.GetM(); ++device)
    {
        if (problem.HasAnyLink(device))
        {
            constant += problem.devices.draftS[device] + price[device];
        }
    }
    return constant;
}

AssociationOutcome
EvaluateAssociation(const AssociationProblem& problem, const AssociationDecision& decision)
{
    const Eigen::Index m = problem.GetM();
    AssociationOutcome outcome;
    for (Eigen::ArrayXd* values : {&outcome.uploadS,
                                   &outcome.serverS,
                                   &outcome.latencyS,
                                   &outcome.sync,
                                   &outcome.energyPrice,
                                   &outcome.energyJ,
                                   &outcome.decodingS})
    {
        values->setZero(m);
    }
    const Eigen::ArrayXd draftPrice = problem.GetDraftPrice();
    for (Eigen::Index i = 0; i < m; ++i)
    {
        const int server = decision.server[static_cast<std::size_t>(i)];
        if (server == NO_SERVER)
        {
            ++outcome.unserved;
            continue;
        }
        const double y = decision.bandwidthShare[i];
        const double z = decision.computeShare[i];
        const AssociationDemand demand = GetPaperDemand(problem, i, server);
        if (demand.bits > 0)
        {
            outcome.uploadS[i] =
                y > 0 ? demand.GetUpload(y).timeS : std::numeric_limits<double>::infinity();
        }
        outcome.serverS[i] =
            problem.servers.waitS[server] +
            GetTimeS(problem.devices.serverFlop[i], problem.servers.flopPerS[server], z);
        outcome.latencyS[i] = problem.devices.draftS[i] + outcome.serverS[i];
        outcome.sync[i] =
            demand.syncWeightPerS * std::pow(problem.devices.draftS[i] - outcome.uploadS[i], 2);
        outcome.energyPrice[i] = draftPrice[i] + demand.price * y;
        outcome.energyJ[i] =
            problem.devices.draftEnergyJ[i] + problem.GetTransmitEnergyJ(i, server) * y;
        outcome.decodingS[i] = GetDecodingS(problem, i, server, y, z);
    }
    outcome.paper = (outcome.latencyS + outcome.sync + outcome.energyPrice).sum();
    outcome.speculative = outcome.decodingS.sum();
    NS_LOG_LOGIC("P1 " << outcome.paper << " s, at token level " << outcome.speculative
                       << " s, unserved " << outcome.unserved);
    return outcome;
}

} // namespace llmmec
} // namespace ns3

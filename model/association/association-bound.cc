/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "association-bound.h"

#include "ns3/log.h"

#include <cmath>
#include <limits>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("AssociationBound");

double
BoundPaperObjective(const AssociationPaperCost& cost,
                    const std::vector<int>& server,
                    uint32_t steps)
{
    NS_LOG_FUNCTION(server.size() << steps);
    const AssociationProblem& problem = cost.GetProblem();
    const AssociationBandTable& table = cost.GetTable();
    const Eigen::Index e = problem.GetE();
    const Eigen::ArrayXd& flopPerS = problem.servers.flopPerS;
    const Eigen::ArrayXd root = problem.devices.serverFlop.sqrt();
    const double target = cost.GetTotal(server);

    // Prices of the association; servers without devices get the mean price of computing.
    Eigen::ArrayXd theta = Eigen::ArrayXd::Constant(e, root.sum() / flopPerS.sum());
    Eigen::ArrayXd mu = Eigen::ArrayXd::Zero(e);
    const auto groups = GroupByServer(server, e);
    for (Eigen::Index j = 0; j < e; ++j)
    {
        const auto& group = groups[static_cast<std::size_t>(j)];
        std::vector<AssociationDemand> demands;
        double sum = 0;
        for (const Eigen::Index i : group)
        {
            sum += root[i];
            demands.push_back(table.GetDemand(i, j));
        }
        theta[j] = sum > 0 ? sum / flopPerS[j] : theta[j];
        mu[j] = AllocateBand(demands).multiplier;
    }
    const Eigen::ArrayXd thetaScale = theta;
    const Eigen::ArrayXd muScale = mu;

    double best = -std::numeric_limits<double>::infinity();
    Eigen::ArrayXd bestTheta = theta;
    Eigen::ArrayXd bestMu = mu;
    double length = 1; // of Polyak's step
    uint32_t idle = 0; // steps without a better bound
    // Of each device: the least cost over servers, its derivative by the price of band, and where.
    Eigen::ArrayXd least(problem.GetM());
    Eigen::ArrayXd derivative(problem.GetM());
    Eigen::Array<Eigen::Index, Eigen::Dynamic, 1> to(problem.GetM());
    for (uint32_t step = 0; step < steps; ++step)
    {
        double bound = -(flopPerS * theta.square()).sum() - mu.sum();
        Eigen::ArrayXd byTheta = -2 * flopPerS * theta;
        Eigen::ArrayXd byMu = Eigen::ArrayXd::Constant(e, -1);
        least.setConstant(std::numeric_limits<double>::infinity());
        for (Eigen::Index j = 0; j < e; ++j)
        {
            const AssociationBandTable::Place place = table.Find(j, mu[j]);
            for (Eigen::Index i = 0; i < problem.GetM(); ++i)
            {
                if (!problem.HasLink(i, j))
                {
                    continue;
                }
                const auto [value, valueDerivative] = table.GetLowerCost(i, j, place);
                const double one = problem.servers.waitS[j] + 2 * root[i] * theta[j] + value;
                if (one < least[i])
                {
                    least[i] = one;
                    derivative[i] = valueDerivative;
                    to[i] = j;
                }
            }
        }
        for (Eigen::Index i = 0; i < problem.GetM(); ++i)
        {
            if (std::isfinite(least[i]))
            {
                bound += least[i];
                byTheta[to[i]] += 2 * root[i];
                byMu[to[i]] += derivative[i];
            }
        }
        ++idle;
        if (bound > best)
        {
            idle = bound > best + 1e-9 * std::abs(best) ? 0 : idle;
            best = bound;
            bestTheta = theta;
            bestMu = mu;
        }
        constexpr uint32_t patience = 10;
        if (idle >= patience)
        {
            idle = 0;
            length /= 2;
            theta = bestTheta;
            mu = bestMu;
            continue;
        }
        // In units of the prices at the start; a price of zero stays.
        const double norm = (byTheta * thetaScale).square().sum() + (byMu * muScale).square().sum();
        if (!(norm > 0))
        {
            break;
        }
        const double scale = length * (target - bound) / norm;
        theta = (theta + scale * thetaScale.square() * byTheta).max(0.0);
        mu = (mu + scale * muScale.square() * byMu).max(0.0);
    }
    return best + GetConstantCost(problem, PAPER_OBJECTIVE);
}

} // namespace llmmec
} // namespace ns3

/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "association-token-shares.h"

#include "ns3/log.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("AssociationTokenShares");

namespace
{

/// Weight of L that keeps a device's cost convex where nothing else does, over its tokens.
constexpr double LEAST_WEIGHT = 1e-15;
constexpr double FIRST_SMOOTHING = 0.1; //!< eps as a part of a window's drafting time
constexpr double LAST_SMOOTHING = 1e-9; //!< the same, at the end
constexpr double SMOOTHING_STEP = 0.1;  //!< from one eps to the next
constexpr int MOST_STEPS = 60;          //!< of Newton's method with the same eps

/// max(c, t), smoothed.
struct SmoothMaximum
{
    double value{0};      //!< the maximum
    double derivative{0}; //!< by t, (0, 1)
    double curve{0};      //!< second derivative by t
};

/// @param constant c @param time t @param smoothing eps @return the maximum
SmoothMaximum
GetMaximum(double constant, double time, double smoothing)
{
    const double apart = time - constant;
    const double width = std::hypot(apart, 2 * smoothing);
    // 1 + apart / width loses all digits where apart is far below zero.
    const double rise =
        apart > 0 ? (1 + apart / width) / 2 : 2 * smoothing * smoothing / (width * (width - apart));
    return {std::max(constant, time) + 2 * smoothing * smoothing / (width + std::abs(apart)),
            rise,
            2 * smoothing * smoothing / (width * width * width)};
}

/// Cost of a device as a function of y and z.
struct Local
{
    double value{0}; //!< s
    double y{0};     //!< derivative by y
    double z{0};     //!< derivative by z
    double yy{0};    //!< second derivative by y
    double yz{0};    //!< mixed derivative
    double zz{0};    //!< second derivative by z
};

/// A device that shares a server.
struct Member
{
    AssociationTokenTerms terms; //!< of its answer
    AssociationDemand upload;    //!< of a window
    double verifyS{0};           //!< V
    double preVerifyS{0};        //!< V1
    double downlinkS{0};         //!< D
    double ridge{0};             //!< of the weight of L, what keeps the cost convex

    /// @param y share of the band @param z share of computing @return L, s
    double GetRoundTripS(double y, double z) const
    {
        return upload.GetUpload(y).timeS + verifyS / z + downlinkS;
    }

    /// @param y share of the band @param z share of computing @param relative eps over B
    /// @return cost and derivatives
    Local Evaluate(double y, double z, double relative) const
    {
        const double smoothing = relative * terms.draftS;
        const AssociationUpload send = upload.GetUpload(y);
        const double roundTripS = send.timeS + verifyS / z + downlinkS;
        const SmoothMaximum longer = GetMaximum(terms.draftS, roundTripS, smoothing);
        const SmoothMaximum restart = GetMaximum(terms.draftTokenS, preVerifyS / z, smoothing);
        const SmoothMaximum start = GetMaximum(terms.draftS, preVerifyS / z, smoothing);

        const double byL = terms.roundTrip + terms.longer * longer.derivative;
        const double byLl = terms.longer * longer.curve;
        const double byP =
            terms.restart * restart.derivative + terms.longerStart * start.derivative;
        const double byPp = terms.restart * restart.curve + terms.longerStart * start.curve;
        const double passZ = -verifyS / (z * z);
        const double pass1Z = -preVerifyS / (z * z);

        Local local;
        local.value = terms.constantS + terms.roundTrip * roundTripS + terms.longer * longer.value +
                      terms.restart * restart.value + terms.longerStart * start.value;
        local.y = byL * send.derivativeS;
        local.z = byL * passZ + byP * pass1Z;
        local.yy = byL * send.secondDerivativeS + byLl * send.derivativeS * send.derivativeS;
        local.yz = byLl * send.derivativeS * passZ;
        local.zz = -2 * local.z / z + byLl * passZ * passZ + byPp * pass1Z * pass1Z;
        return local;
    }
};

/// Devices of one server that have tokens, with their shares.
class Division
{
  public:
    /// @param problem all that holds @param server index @param devices of the server
    Division(const AssociationProblem& problem,
             Eigen::Index server,
             const std::vector<Eigen::Index>& devices)
    {
        std::vector<AssociationDemand> demands;
        std::vector<double> passes;
        for (std::size_t i = 0; i < devices.size(); ++i)
        {
            if (problem.devices.tokens[devices[i]] <= 0)
            {
                continue;
            }
            Member member;
            member.terms = GetTokenTerms(problem, devices[i]);
            member.verifyS = problem.servers.verifyS[server];
            member.preVerifyS = problem.servers.preVerifyS[server];
            member.downlinkS = problem.decoding.downlinkS;
            AssociationTokenTerms& terms = member.terms;
            const double starts = terms.restart + terms.longerStart;
            const double least = LEAST_WEIGHT * problem.devices.tokens[devices[i]];
            member.ridge = std::max(least - terms.roundTrip, 0.0);
            terms.roundTrip += member.ridge;
            member.upload = GetUploadDemand(problem,
                                            devices[i],
                                            server,
                                            problem.decoding.windowBits,
                                            terms.roundTrip + terms.longer);
            demands.push_back(member.upload);
            passes.push_back(demands.back().uploadWeight * member.verifyS +
                             starts * member.preVerifyS);
            m_members.push_back(member);
            m_place.push_back(static_cast<Eigen::Index>(i));
        }
        m_y = AllocateBand(demands).share;
        m_z = GetRootShares(
            Eigen::Map<const Eigen::ArrayXd>(passes.data(),
                                             static_cast<Eigen::Index>(passes.size())));
    }

    /// Find the shares of least cost.
    void Solve()
    {
        if (m_members.size() < 2)
        {
            return;
        }
        for (double relative = FIRST_SMOOTHING; relative > LAST_SMOOTHING / 2;
             relative *= SMOOTHING_STEP)
        {
            for (int step = 0; step < MOST_STEPS && Step(relative); ++step)
            {
            }
        }
    }

    /// @param n devices of the server @return shares, zeros for devices without tokens
    AssociationServerShares GetShares(Eigen::Index n) const
    {
        AssociationServerShares shares{Eigen::ArrayXd::Zero(n), Eigen::ArrayXd::Zero(n)};
        for (std::size_t i = 0; i < m_members.size(); ++i)
        {
            shares.bandwidth[m_place[i]] = m_y[static_cast<Eigen::Index>(i)];
            shares.compute[m_place[i]] = m_z[static_cast<Eigen::Index>(i)];
        }
        return shares;
    }

    /// @param shares where each maximum has its weights @return least of the Lagrangian, s
    double GetBound(const AssociationServerShares& shares) const
    {
        std::vector<AssociationDemand> demands;
        const auto n = static_cast<Eigen::Index>(m_members.size());
        Eigen::ArrayXd passes(n);
        double bound = 0;
        for (Eigen::Index i = 0; i < n; ++i)
        {
            const Member& member = m_members[static_cast<std::size_t>(i)];
            const AssociationTokenTerms& terms = member.terms;
            const double y = shares.bandwidth[m_place[static_cast<std::size_t>(i)]];
            const double z = shares.compute[m_place[static_cast<std::size_t>(i)]];
            const double smoothing = LAST_SMOOTHING * terms.draftS;
            const double preVerifyS = member.preVerifyS / z;
            const double longer =
                GetMaximum(terms.draftS, member.GetRoundTripS(y, z), smoothing).derivative;
            const double restart = GetMaximum(terms.draftTokenS, preVerifyS, smoothing).derivative;
            const double start = GetMaximum(terms.draftS, preVerifyS, smoothing).derivative;
            const double byL =
                std::max(terms.roundTrip - member.ridge, 0.0) + terms.longer * longer;
            const double byP = terms.restart * restart + terms.longerStart * start;
            bound += terms.constantS + terms.longer * (1 - longer) * terms.draftS +
                     terms.restart * (1 - restart) * terms.draftTokenS +
                     terms.longerStart * (1 - start) * terms.draftS + byL * member.downlinkS;
            demands.push_back(member.upload);
            demands.back().uploadWeight = byL;
            demands.back().bits = byL > 0 ? demands.back().bits : 0;
            passes[i] = byL * member.verifyS + byP * member.preVerifyS;
        }
        const AssociationBand band = AllocateBand(demands);
        for (Eigen::Index i = 0; i < n; ++i)
        {
            bound += demands[static_cast<std::size_t>(i)].GetCost(band.share[i]);
        }
        const double root = passes.sqrt().sum();
        return bound + root * root;
    }

  private:
    /// @param y shares of the band @param z shares of computing @param relative eps over B
    /// @return cost, s
    double GetCost(const Eigen::ArrayXd& y, const Eigen::ArrayXd& z, double relative) const
    {
        double cost = 0;
        for (std::size_t i = 0; i < m_members.size(); ++i)
        {
            const auto at = static_cast<Eigen::Index>(i);
            cost += m_members[i].Evaluate(y[at], z[at], relative).value;
        }
        return cost;
    }

    /// One step of Newton's method. @param relative eps over B @return whether another is of use
    bool Step(double relative)
    {
        const auto n = static_cast<Eigen::Index>(m_members.size());
        // H d + g + (mu, nu) = 0 for each device, with sums of d that are zero.
        std::vector<Eigen::Matrix2d> inverse(m_members.size());
        Eigen::Matrix2Xd gradient(2, n);
        Eigen::Matrix2d sum = Eigen::Matrix2d::Zero();
        Eigen::Vector2d right = Eigen::Vector2d::Zero();
        double cost = 0;
        for (Eigen::Index i = 0; i < n; ++i)
        {
            const Local local =
                m_members[static_cast<std::size_t>(i)].Evaluate(m_y[i], m_z[i], relative);
            cost += local.value;
            gradient.col(i) << local.y, local.z;
            const double determinant = local.yy * local.zz - local.yz * local.yz;
            Eigen::Matrix2d& one = inverse[static_cast<std::size_t>(i)];
            one << local.zz, -local.yz, -local.yz, local.yy;
            one /= determinant;
            sum += one;
            right -= one * gradient.col(i);
        }
        const double determinant = sum(0, 0) * sum(1, 1) - sum(0, 1) * sum(1, 0);
        Eigen::Matrix2d adjugate;
        adjugate << sum(1, 1), -sum(0, 1), -sum(1, 0), sum(0, 0);
        const Eigen::Vector2d multiplier = adjugate * right / determinant;

        Eigen::ArrayXd dy(n);
        Eigen::ArrayXd dz(n);
        double decrement = 0;
        double longest = 1;
        constexpr double margin = 0.9; // of the way to a share of zero
        for (Eigen::Index i = 0; i < n; ++i)
        {
            const Eigen::Vector2d step =
                -(inverse[static_cast<std::size_t>(i)] * (gradient.col(i) + multiplier));
            decrement -= step.dot(gradient.col(i));
            dy[i] = step[0];
            dz[i] = step[1];
            longest = dy[i] < 0 ? std::min(longest, -margin * m_y[i] / dy[i]) : longest;
            longest = dz[i] < 0 ? std::min(longest, -margin * m_z[i] / dz[i]) : longest;
        }
        // Less than rounding lets us see, or than the smoothing is wrong by.
        constexpr double rounding = 1e-14;
        if (!(decrement > std::max(rounding, SMOOTHING_STEP * relative * relative) * cost))
        {
            return false;
        }
        constexpr double enough = 0.1; // of the decrease that the derivative promises
        constexpr double shortest = 1e-6;
        for (double length = longest; length > shortest; length /= 2)
        {
            const Eigen::ArrayXd y = m_y + length * dy;
            const Eigen::ArrayXd z = m_z + length * dz;
            if (GetCost(y, z, relative) <= cost - enough * length * decrement)
            {
                m_y = y / y.sum();
                m_z = z / z.sum();
                return true;
            }
        }
        return false;
    }

    std::vector<Member> m_members;     //!< devices with tokens
    std::vector<Eigen::Index> m_place; //!< of each among all devices of the server
    Eigen::ArrayXd m_y;                //!< shares of the band
    Eigen::ArrayXd m_z;                //!< shares of computing
};

} // namespace

AssociationServerShares
DivideForTokens(const AssociationProblem& problem,
                Eigen::Index server,
                const std::vector<Eigen::Index>& devices)
{
    NS_LOG_FUNCTION(server << devices.size());
    Division division(problem, server, devices);
    division.Solve();
    return division.GetShares(static_cast<Eigen::Index>(devices.size()));
}

double
BoundTokens(const AssociationProblem& problem,
            Eigen::Index server,
            const std::vector<Eigen::Index>& devices,
            const AssociationServerShares& shares)
{
    const double waitS = problem.servers.waitS[server] * static_cast<double>(devices.size());
    return waitS + Division(problem, server, devices).GetBound(shares);
}

} // namespace llmmec
} // namespace ns3

/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "association-judge.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlopt.h>
#include <numeric>
#include <vector>

using namespace ns3::llmmec;

namespace
{

/// The sum of latencies as NLopt sees it.
class TokenJudge
{
  public:
    /// @param problem with one server
    explicit TokenJudge(const AssociationProblem& problem)
        : m_problem(problem),
          m_n(static_cast<unsigned>(problem.GetM()))
    {
    }

    /// @param start shares to begin with @return the least sum of latencies
    double Minimise(const AssociationServerShares& start)
    {
        const unsigned variables = 5 * m_n;
        std::vector<double> x(variables);
        std::vector<double> low(variables, 1e-6);
        for (unsigned i = 0; i < m_n; ++i)
        {
            x[i] = start.bandwidth[i];
            x[m_n + i] = start.compute[i];
            low[2 * m_n + i] = GetB(i);
            low[3 * m_n + i] = m_problem.devices.draftTokenS[i];
            low[4 * m_n + i] = GetB(i);
            x[2 * m_n + i] = std::max(GetB(i), GetL(i, x[i], x[m_n + i])) * 1.1;
            x[3 * m_n + i] = std::max(low[3 * m_n + i], GetV1(x[m_n + i])) * 1.1;
            x[4 * m_n + i] = std::max(GetB(i), GetV1(x[m_n + i])) * 1.1;
        }
        nlopt_opt opt = nlopt_create(NLOPT_LD_SLSQP, variables);
        nlopt_set_lower_bounds(opt, low.data());
        nlopt_set_min_objective(opt, &TokenJudge::CostOf, this);
        const std::vector<double> tolerance(3 * m_n + 2, 1e-10);
        nlopt_add_inequality_mconstraint(opt,
                                         3 * m_n + 2,
                                         &TokenJudge::ConstraintsOf,
                                         this,
                                         tolerance.data());
        nlopt_set_ftol_rel(opt, 1e-12);
        nlopt_set_maxeval(opt, 2000);
        double least = 0;
        nlopt_optimize(opt, x.data(), &least);
        nlopt_destroy(opt);
        // What NLopt's tolerance lets through is put right: shares sum to 1, times as they are.
        double y = 0;
        double z = 0;
        for (unsigned i = 0; i < m_n; ++i)
        {
            y += x[i];
            z += x[m_n + i];
        }
        for (unsigned i = 0; i < m_n; ++i)
        {
            x[i] /= y;
            x[m_n + i] /= z;
            x[2 * m_n + i] = std::max(GetB(i), GetL(i, x[i], x[m_n + i]));
            x[3 * m_n + i] = std::max(low[3 * m_n + i], GetV1(x[m_n + i]));
            x[4 * m_n + i] = std::max(GetB(i), GetV1(x[m_n + i]));
        }
        return GetCost(x.data());
    }

  private:
    /// @param i device @return B, s
    double GetB(unsigned i) const
    {
        return m_problem.decoding.window * m_problem.devices.draftTokenS[i];
    }

    /// @param i device @param y share @param z share @return L, s
    double GetL(unsigned i, double y, double z) const
    {
        const double rate =
            y * m_problem.servers.bandwidthHz[0] * std::log2(1 + m_problem.GetSnr(i, 0) / y);
        return m_problem.decoding.windowBits / rate + m_problem.servers.verifyS[0] / z +
               m_problem.decoding.downlinkS;
    }

    /// @param z share @return time of a pass for one token, s
    double GetV1(double z) const
    {
        return m_problem.servers.preVerifyS[0] / z;
    }

    /// @param x point @return sum of latencies
    double GetCost(const double* x) const
    {
        double sum = 0;
        for (unsigned i = 0; i < m_n; ++i)
        {
            const double a = m_problem.devices.acceptance[i];
            const double n = m_problem.devices.tokens[i];
            const double g = m_problem.decoding.window;
            const double l = GetL(i, x[i], x[m_n + i]);
            const double ag = std::pow(a, g);
            sum += m_problem.decoding.mode == SpeculativeMode::LOCK_STEP
                       ? n * (1 - a) * (1 + a / (1 - ag)) * x[2 * m_n + i]
                       : n * (1 - a) *
                             ((1 - a) * x[3 * m_n + i] + a * x[4 * m_n + i] +
                              (a / (1 - ag) - a) * x[2 * m_n + i] + a * l);
        }
        return sum;
    }

    /// @param k constraint @param x point @return its value, <= 0
    double GetConstraint(unsigned k, const double* x) const
    {
        const unsigned i = k % m_n;
        switch (k / m_n)
        {
        case 0:
            return GetL(i, x[i], x[m_n + i]) - x[2 * m_n + i];
        case 1:
            return GetV1(x[m_n + i]) - x[3 * m_n + i];
        case 2:
            return GetV1(x[m_n + i]) - x[4 * m_n + i];
        default:
            const double* first = x + (k - 3 * m_n) * m_n;
            return std::accumulate(first, first + m_n, 0.) - 1;
        }
    }

    /// @param function of a point @param x point @param variables of it @param gradient by central
    /// differences
    static void Differentiate(const std::function<double(const double*)>& function,
                              const double* x,
                              unsigned variables,
                              double* gradient)
    {
        std::vector<double> at(x, x + variables);
        for (unsigned v = 0; v < variables; ++v)
        {
            const double step = 1e-6 * x[v];
            at[v] = x[v] + step;
            const double above = function(at.data());
            at[v] = x[v] - step;
            gradient[v] = (above - function(at.data())) / (2 * step);
            at[v] = x[v];
        }
    }

    /// NLopt's view of GetCost. @param n variables @param x point @param gradient or null
    /// @param judge the object @return cost
    static double CostOf(unsigned n, const double* x, double* gradient, void* judge)
    {
        const auto* self = static_cast<const TokenJudge*>(judge);
        if (gradient)
        {
            Differentiate([self](const double* at) { return self->GetCost(at); }, x, n, gradient);
        }
        return self->GetCost(x);
    }

    /// NLopt's view of GetConstraint. @param m constraints @param result values @param n variables
    /// @param x point @param gradient rows or null @param judge the object
    static void ConstraintsOf(unsigned m,
                              double* result,
                              unsigned n,
                              const double* x,
                              double* gradient,
                              void* judge)
    {
        const auto* self = static_cast<const TokenJudge*>(judge);
        for (unsigned k = 0; k < m; ++k)
        {
            result[k] = self->GetConstraint(k, x);
            if (gradient)
            {
                Differentiate([self, k](const double* at) { return self->GetConstraint(k, at); },
                              x,
                              n,
                              gradient + k * n);
            }
        }
    }

    const AssociationProblem& m_problem; //!< with one server
    unsigned m_n;                        //!< devices
};

} // namespace

double
JudgeTokenShares(const AssociationProblem& problem, const AssociationServerShares& start)
{
    return TokenJudge(problem).Minimise(start);
}

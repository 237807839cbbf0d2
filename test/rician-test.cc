/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"

#include "ns3/constant-position-mobility-model.h"
#include "ns3/double.h"
#include "ns3/node.h"
#include "ns3/rician-propagation-loss-model.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/non_central_chi_squared.hpp>
#include <cmath>
#include <complex>
#include <functional>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using llmmec::RicianPropagationLossModel;

/**
 * @ingroup llm-mec-tests
 * @brief Cases of RicianPropagationLossModel; each runs one of the checks below.
 *
 * Statistical bounds are five standard deviations of the estimator, from the known law; the seeds
 * are fixed, so a case always passes or always fails.
 */
class RicianTestCase : public TestCase
{
  public:
    using Check = std::function<void(RicianTestCase&)>; ///< what a case does

    /**
     * @param name what the case checks
     * @param nodes number of nodes
     * @param check what to do
     */
    RicianTestCase(const std::string& name, uint32_t nodes, Check check)
        : TestCase("Rician: " + name),
          m_nodes(nodes),
          m_check(std::move(check))
    {
    }

    /// Mobility models without a node, as in ns-3's main-propagation-loss.cc: ends of their own.
    void CheckBareEnds()
    {
        const Model model = Make(8);
        std::vector<Ptr<MobilityModel>> bare;
        for (int i = 0; i < 3; ++i)
        {
            bare.push_back(CreateObject<ConstantPositionMobilityModel>());
        }
        const double gain = model->GetPowerGain(bare[0], bare[1]);
        NS_TEST_EXPECT_MSG_EQ(model->GetPowerGain(bare[1], bare[0]), gain, "both directions");
        NS_TEST_EXPECT_MSG_NE(model->GetPowerGain(bare[0], bare[2]), gain, "another link");
        NS_TEST_EXPECT_MSG_NE(model->GetPowerGain(bare[0], m_mobility[0]), gain, "to a node");
        NS_TEST_EXPECT_MSG_EQ(model->GetPowerGain(bare[0], bare[1]), gain, "the same block");
    }

    /// Mean and variance over pairs and blocks. @param kFactor K, linear
    void CheckMoments(double kFactor)
    {
        const Model model = Make(kFactor);
        std::vector<double> gains;
        for (int block = 0; block < 5; ++block)
        {
            GoTo(Seconds(block + 0.5));
            const auto more = Gains(model);
            gains.insert(gains.end(), more.begin(), more.end());
        }
        const auto n = static_cast<double>(gains.size());
        const double mean = std::accumulate(gains.begin(), gains.end(), 0.) / n;
        double variance = 0;
        for (double gain : gains)
        {
            variance += (gain - 1) * (gain - 1) / n;
        }
        // 2 (K + 1) g is non-central chi-squared with 2 degrees of freedom and non-centrality 2 K,
        // whose cumulants are 2^(m - 1) (m - 1)! (2 + 2 K m).
        const double expected = (2 * kFactor + 1) / std::pow(kFactor + 1, 2);
        const double kappa4 = 48 * (2 + 8 * kFactor) / std::pow(2 * (kFactor + 1), 4);
        const double varianceOfSquare = kappa4 + 2 * expected * expected;
        NS_TEST_ASSERT_MSG_EQ_TOL(mean, 1., SIGMAS * std::sqrt(expected / n), "mean");
        NS_TEST_ASSERT_MSG_EQ_TOL(variance,
                                  expected,
                                  SIGMAS * std::sqrt(varianceOfSquare / n),
                                  "variance");
    }

    /**
     * @brief The law of the gain, Kolmogorov-Smirnov against Boost.Math, at first and blocks later.
     * @param kFactor K, linear
     * @param correlation rho
     */
    void CheckDistribution(double kFactor, double correlation)
    {
        const Model model = Make(kFactor, correlation);
        // With rho > 0, a wrong innovation shows in later blocks only: 1 follows at once, 4 skips.
        for (int block : {0, 1, 4})
        {
            GoTo(Seconds(block + 0.5));
            auto gains = Gains(model);
            std::sort(gains.begin(), gains.end());
            const auto n = static_cast<double>(gains.size());
            double distance = 0;
            for (std::size_t i = 0; i < gains.size(); ++i)
            {
                const double cdf = Cdf(kFactor, 2 * (kFactor + 1) * gains[i]);
                const auto below = static_cast<double>(i);
                distance = std::max({distance, cdf - below / n, (below + 1) / n - cdf});
            }
            // Kolmogorov's limit law: P[sqrt(n) D > x] = 2 exp(-2 x^2), here 1e-3.
            const double critical = std::sqrt(-std::log(1e-3 / 2) / 2) / std::sqrt(n);
            NS_TEST_ASSERT_MSG_LT(distance, critical, "distance to the law in block " << block);
        }
    }

    /**
     * @brief Autocovariance of the gain, asked for in each block or only in the first and the last.
     * @param kFactor K, linear
     * @param correlation rho
     */
    void CheckAutocovariance(double kFactor, double correlation)
    {
        constexpr int lags = 5;
        std::vector<Model> models;
        std::vector<std::vector<double>> first;
        for (int lag = 0; lag <= lags; ++lag)
        {
            models.push_back(Make(kFactor, correlation));
            models.back()->AssignStreams(1 + lag);
            first.push_back(Gains(models.back()));
        }
        for (int lag = 1; lag <= lags; ++lag)
        {
            GoTo(Seconds(lag));
            CompareCovariance(kFactor,
                              correlation,
                              lag,
                              first[0],
                              Gains(models[0]),
                              "in each block");
            CompareCovariance(kFactor,
                              correlation,
                              lag,
                              first[lag],
                              Gains(models[lag]),
                              "with blocks skipped");
        }
    }

    /// The very draws: real part, imaginary part, and rho^n in one draw over skipped blocks.
    void CheckRecursion()
    {
        const double kFactor = 3;
        const double rho = 0.9;
        const Model model = Make(kFactor, rho);
        auto unit = CreateObject<NormalRandomVariable>();
        unit->SetStream(1);
        std::complex<double> scatter;
        int last = -1;
        for (int block : {2, 3, 4, 7, 8, 40, 5000})
        {
            GoTo(Seconds(block));
            const double r = last < 0 ? 0 : std::pow(rho, block - last);
            const double real = unit->GetValue() / std::sqrt(2);
            const double imaginary = unit->GetValue() / std::sqrt(2);
            scatter = r * scatter + std::sqrt(1 - r * r) * std::complex<double>(real, imaginary);
            const double gain = std::norm((std::sqrt(kFactor) + scatter) / std::sqrt(kFactor + 1));
            NS_TEST_ASSERT_MSG_EQ_TOL(Gain(model), gain, 1e-12, "gain in block " << block);
            last = block;
        }
    }

    /// Constant in a block, new at its very start, the same in both directions.
    void CheckBlocks()
    {
        // Doubles would miss boundaries here: 0.3 / 0.1 is below 3.
        const Time coherenceTime = MilliSeconds(100);
        const Model model = Make(1, 0, coherenceTime);
        double last = Gain(model);
        for (int block = 1; block <= 100; ++block)
        {
            const Time start = TimeStep(block * coherenceTime.GetTimeStep());
            GoTo(start - TimeStep(1));
            NS_TEST_ASSERT_MSG_EQ(Gain(model), last, "last step of block " << block - 1);
            GoTo(start);
            // One direction asks first in even blocks, the other one in odd blocks.
            const double there = Gain(model, block % 2, 1 - block % 2);
            const double back = Gain(model, 1 - block % 2, block % 2);
            NS_TEST_ASSERT_MSG_EQ(there, back, "both directions in block " << block);
            NS_TEST_ASSERT_MSG_NE(there, last, "first step of block " << block);
            NS_TEST_ASSERT_MSG_NE(there, Gain(model, 0, 2), "another pair");
            last = there;
        }
        // A clock that starts anew is a new simulation.
        Simulator::Destroy();
        const double again = Gain(model);
        NS_TEST_ASSERT_MSG_NE(again, last, "fading of another simulation");
        NS_TEST_ASSERT_MSG_EQ(Gain(model), again, "constant in that simulation's block");
    }

    /// Links, also those with a node in common, fade independently.
    void CheckIndependence()
    {
        constexpr int blocks = 20000;
        const Model model = Make(1);
        std::vector<std::vector<double>> series;
        for (int block = 0; block < blocks; ++block)
        {
            GoTo(Seconds(block + 0.5));
            series.push_back(Gains(model));
        }
        const double variance = 3. / 4;
        for (std::size_t a = 0; a < series[0].size(); ++a)
        {
            for (std::size_t b = 0; b < a; ++b)
            {
                double covariance = 0;
                for (const auto& gains : series)
                {
                    covariance += (gains[a] - 1) * (gains[b] - 1) / blocks;
                }
                NS_TEST_ASSERT_MSG_EQ_TOL(covariance,
                                          0.,
                                          SIGMAS * variance / std::sqrt(blocks),
                                          "covariance of links " << a << " and " << b);
            }
        }
    }

    /// The same stream and run give the same fading; another stream or run gives another.
    void CheckRepeatability()
    {
        const Model model = Make(8);
        const auto gains = Gains(model);
        NS_TEST_ASSERT_MSG_EQ((Gains(Make(8)) == gains), true, "another model, same stream");
        NS_TEST_ASSERT_MSG_EQ(model->AssignStreams(1), 1, "number of streams");
        NS_TEST_ASSERT_MSG_EQ((Gains(model) == gains), true, "same model, stream set again");
        model->AssignStreams(2);
        NS_TEST_ASSERT_MSG_NE(Gain(model), gains[0], "another stream");
        RngSeedManager::SetRun(2);
        model->AssignStreams(1);
        NS_TEST_ASSERT_MSG_NE(Gain(model), gains[0], "another run");
    }

    /// Correlation 1 keeps the first block's fading for ever.
    void CheckForever()
    {
        const Model model = Make(8, 1);
        const auto gains = Gains(model);
        for (int block : {1, 2, 10, 1000000})
        {
            GoTo(Seconds(block));
            NS_TEST_ASSERT_MSG_EQ((Gains(model) == gains), true, "gains in block " << block);
        }
    }

    /// Behind a path loss the decibels add, whatever the power, and streams are passed on.
    void CheckChain()
    {
        const Model model = Make(8);
        auto alone = CreateObject<LogDistancePropagationLossModel>();
        auto chain = CreateObject<LogDistancePropagationLossModel>();
        chain->SetNext(model);
        NS_TEST_ASSERT_MSG_EQ(chain->AssignStreams(7), 1, "number of streams of the chain");
        for (std::size_t n = 1; n < m_mobility.size(); ++n)
        {
            const double powerDbm = 10. * static_cast<double>(n) - 100;
            const double gainDb = 10 * std::log10(Gain(model, 0, n));
            const double expected =
                alone->CalcRxPower(powerDbm, m_mobility[0], m_mobility[n]) + gainDb;
            NS_TEST_ASSERT_MSG_EQ_TOL(chain->CalcRxPower(powerDbm, m_mobility[0], m_mobility[n]),
                                      expected,
                                      1e-9,
                                      "received power in dBm at node " << n);
        }
    }

    /// Attributes keep to their ranges.
    void CheckAttributes()
    {
        auto model = CreateObject<RicianPropagationLossModel>();
        const double nan = std::numeric_limits<double>::quiet_NaN();
        const double infinity = std::numeric_limits<double>::infinity();
        for (double k : {-1e-9, -8., nan, infinity, -infinity})
        {
            NS_TEST_ASSERT_MSG_EQ(model->SetAttributeFailSafe("KFactor", DoubleValue(k)),
                                  false,
                                  "KFactor " << k);
        }
        for (double rho : {-1e-9, 1 + 1e-9, nan, infinity})
        {
            NS_TEST_ASSERT_MSG_EQ(model->SetAttributeFailSafe("Correlation", DoubleValue(rho)),
                                  false,
                                  "Correlation " << rho);
        }
        for (int steps : {0, -1})
        {
            const TimeValue time(TimeStep(steps));
            NS_TEST_ASSERT_MSG_EQ(model->SetAttributeFailSafe("CoherenceTime", time),
                                  false,
                                  "CoherenceTime " << steps);
        }
        // The ends of the ranges are fine.
        for (double k : {0., std::numeric_limits<double>::max()})
        {
            NS_TEST_ASSERT_MSG_EQ(model->SetAttributeFailSafe("KFactor", DoubleValue(k)),
                                  true,
                                  "KFactor " << k);
            model->SetAttribute("CoherenceTime", TimeValue(NanoSeconds(1)));
            model->AssignStreams(1);
            NS_TEST_ASSERT_MSG_EQ(std::isnormal(Gain(model)), true, "gain at KFactor " << k);
        }
        // Beyond any scatter the gain is that of the line of sight.
        NS_TEST_ASSERT_MSG_EQ_TOL(Gain(model), 1., 1e-12, "gain at the largest KFactor");
    }

  private:
    using Model = Ptr<RicianPropagationLossModel>; ///< the model under test

    static constexpr double SIGMAS = 5; ///< standard deviations that an estimate may be off

    /**
     * @param kFactor K, linear
     * @param correlation rho
     * @param coherenceTime length of a block
     * @return a model that draws from stream 1
     */
    static Model Make(double kFactor, double correlation = 0, Time coherenceTime = Seconds(1))
    {
        auto model = CreateObject<RicianPropagationLossModel>();
        model->SetAttribute("KFactor", DoubleValue(kFactor));
        model->SetAttribute("Correlation", DoubleValue(correlation));
        model->SetAttribute("CoherenceTime", TimeValue(coherenceTime));
        model->AssignStreams(1);
        return model;
    }

    /// Let the clock run. @param time the time to go to, later than now
    static void GoTo(Time time)
    {
        Simulator::Stop(time - Simulator::Now());
        Simulator::Run();
    }

    /// @param model the model @param a number of a node @param b number of a node @return the gain
    double Gain(const Model& model, std::size_t a = 0, std::size_t b = 1) const
    {
        return model->GetPowerGain(m_mobility[a], m_mobility[b]);
    }

    /// @param model the model @return the current gain of each pair of different nodes
    std::vector<double> Gains(const Model& model) const
    {
        std::vector<double> gains;
        gains.reserve(m_mobility.size() * (m_mobility.size() - 1) / 2);
        for (std::size_t b = 1; b < m_mobility.size(); ++b)
        {
            for (std::size_t a = 0; a < b; ++a)
            {
                gains.push_back(Gain(model, a, b));
            }
        }
        return gains;
    }

    /// @param kFactor K, linear @param x 2 (K + 1) g @return its cumulative distribution
    static double Cdf(double kFactor, double x)
    {
        // Boost's non-central law does not take 0 as its non-centrality in all versions.
        return kFactor == 0
                   ? boost::math::cdf(boost::math::chi_squared(2), x)
                   : boost::math::cdf(boost::math::non_central_chi_squared(2, 2 * kFactor), x);
    }

    /**
     * @brief Compare the covariance with its law.
     * @param kFactor K, linear
     * @param correlation rho
     * @param lag number of blocks from the first gains to the second
     * @param first gains
     * @param second later gains of the same pairs
     * @param asked how the model was asked
     */
    void CompareCovariance(double kFactor,
                           double correlation,
                           int lag,
                           const std::vector<double>& first,
                           const std::vector<double>& second,
                           const std::string& asked)
    {
        const auto n = static_cast<double>(first.size());
        double sum = 0;
        double sumOfSquares = 0;
        for (std::size_t i = 0; i < first.size(); ++i)
        {
            const double product = (first[i] - 1) * (second[i] - 1);
            sum += product;
            sumOfSquares += product * product;
        }
        const double covariance = sum / n;
        const double deviation = std::sqrt((sumOfSquares / n - covariance * covariance) / n);
        const double r = std::pow(correlation, lag);
        const double expected = (2 * kFactor * r + r * r) / std::pow(kFactor + 1, 2);
        NS_TEST_ASSERT_MSG_EQ_TOL(covariance,
                                  expected,
                                  SIGMAS * deviation,
                                  "covariance at lag " << lag << ", asked " << asked);
    }

    void DoRun() override
    {
        m_check(*this);
    }

    void DoSetup() override
    {
        m_seed = RngSeedManager::GetSeed();
        m_run = RngSeedManager::GetRun();
        RngSeedManager::SetSeed(1);
        RngSeedManager::SetRun(1);
        for (uint32_t n = 0; n < m_nodes; ++n)
        {
            auto node = CreateObject<Node>();
            m_mobility.push_back(CreateObject<ConstantPositionMobilityModel>());
            m_mobility.back()->SetPosition(Vector(10. * n, 0, 0));
            node->AggregateObject(m_mobility.back());
        }
    }

    void DoTeardown() override
    {
        m_mobility.clear();
        Simulator::Destroy();
        RngSeedManager::SetSeed(m_seed);
        RngSeedManager::SetRun(m_run);
    }

    uint32_t m_nodes;                           ///< number of nodes
    Check m_check;                              ///< what to do
    uint32_t m_seed{1};                         ///< seed before the case
    uint64_t m_run{1};                          ///< run before the case
    std::vector<Ptr<MobilityModel>> m_mobility; ///< one a node
};

/// Add the cases of this file. @param suite the suite
static void
AddRicianTests(LlmMecTestSuite& suite)
{
    const auto add =
        [&suite](const std::string& name, uint32_t nodes, RicianTestCase::Check check) {
            suite.Add(new RicianTestCase(name, nodes, std::move(check)));
        };
    for (int k : {0, 1, 8, 50})
    {
        const std::string atK = " at K = " + std::to_string(k);
        add("moments" + atK, 200, [k](auto& test) { test.CheckMoments(k); });
        add("distribution, new blocks" + atK, 200, [k](auto& test) {
            test.CheckDistribution(k, 0);
        });
        add("distribution, rho = 0.9" + atK, 200, [k](auto& test) {
            test.CheckDistribution(k, 0.9);
        });
    }
    for (int k : {0, 8})
    {
        const std::string atK = " at K = " + std::to_string(k);
        add("autocovariance, rho = 0.5" + atK, 400, [k](auto& test) {
            test.CheckAutocovariance(k, 0.5);
        });
        add("autocovariance, rho = 0.9" + atK, 400, [k](auto& test) {
            test.CheckAutocovariance(k, 0.9);
        });
    }
    add("recursion, draw by draw", 2, &RicianTestCase::CheckRecursion);
    add("blocks and reciprocity", 3, &RicianTestCase::CheckBlocks);
    add("independent links", 4, &RicianTestCase::CheckIndependence);
    add("repeatable runs", 20, &RicianTestCase::CheckRepeatability);
    add("correlation 1", 20, &RicianTestCase::CheckForever);
    add("chain with a path loss", 20, &RicianTestCase::CheckChain);
    add("ends without a node", 2, &RicianTestCase::CheckBareEnds);
    add("attributes", 2, &RicianTestCase::CheckAttributes);
}

static const LlmMecTests g_ricianTests(&AddRicianTests); //!< registers the cases of this file

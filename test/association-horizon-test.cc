/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "association-instances.h"
#include "llm-mec-tests.h"

#include "ns3/association-horizon.h"
#include "ns3/association-shares.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

/**
 * @ingroup llm-mec-tests
 * @brief Queues and batteries that slots leave to each other.
 */
class AssociationHorizonTestCase : public TestCase
{
  public:
    using Check = void (AssociationHorizonTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    AssociationHorizonTestCase(const std::string& name, Check check)
        : TestCase("association horizon: " + name),
          m_check(check)
    {
    }

    /// Two servers and three devices by hand.
    void CheckByHand()
    {
        AssociationProblem problem = MakeEvenAssociationProblem(3, 2);
        problem.servers.flopPerS << 1e12, 2e12;
        problem.servers.waitS << .5, 0;
        problem.servers.bandwidthHz.setConstant(2e6);
        problem.devices.serverFlop << 3e12, 1e12, 1e12;
        problem.devices.battery << 1, .5, .1;
        problem.devices.draftEnergyJ << 2, 2, 2;
        problem.devices.powerW.setConstant(.1);
        problem.transmitJPerMhzW = 5; // 1 J for a whole band
        AssociationHorizon horizon({1, true, 10}, problem);
        AssociationDecision decision{{0, 1, 1},
                                     ToArray({.5, .25, 0}),
                                     Eigen::ArrayXd::Constant(3, .5)};
        const AssociationSlotEnd end = horizon.End(problem, decision);
        NS_TEST_EXPECT_MSG_EQ_TOL(end.arrivedS, 3 + .5 + .5, 1e-12, "work");
        NS_TEST_EXPECT_MSG_EQ_TOL(end.servedS, 2, 1e-12, "a slot of each server");
        NS_TEST_EXPECT_MSG_EQ_TOL(horizon.GetBacklogS()[0], 2.5, 1e-12, "left");
        NS_TEST_EXPECT_MSG_EQ_TOL(horizon.GetBacklogS()[1], 0, 1e-12, "nothing left");
        NS_TEST_EXPECT_MSG_EQ_TOL(horizon.GetBattery()[0], .75, 1e-12, "2.5 of 10 J");
        NS_TEST_EXPECT_MSG_EQ_TOL(horizon.GetBattery()[1], .275, 1e-12, "2.25 of 10 J");
        NS_TEST_EXPECT_MSG_EQ(horizon.GetBattery()[2], 0, "1 J does not do for 2");
        NS_TEST_EXPECT_MSG_EQ(end.drained, 1, "one ended");
        NS_TEST_EXPECT_MSG_EQ_TOL(end.drainedJ, 2.5 + 2.25 + 1, 1e-12, "given");
        horizon.Begin(problem);
        NS_TEST_EXPECT_MSG_EQ_TOL(problem.servers.waitS[0], 2.5, 1e-12, "the next slot waits");
        NS_TEST_EXPECT_MSG_EQ_TOL(problem.devices.battery[1], .275, 1e-12, "and has less");
        NS_TEST_EXPECT_MSG_EQ(problem.HasAnyLink(2), false, "an empty one is out");
        NS_TEST_EXPECT_MSG_EQ(problem.HasAnyLink(0), true, "others are not");
        NS_TEST_EXPECT_MSG_EQ(horizon.GetEmpty(), 1, "one is empty");
    }

    /// Nothing is carried that is not asked for.
    void CheckOff()
    {
        AssociationProblem problem = MakeEvenAssociationProblem(4, 2);
        problem.servers.waitS << 3, 4;
        problem.devices.battery.setZero();
        AssociationHorizon horizon({1, false, 0}, problem);
        const AssociationDecision decision{{0, 1, 0, 1},
                                           Eigen::ArrayXd::Constant(4, .5),
                                           Eigen::ArrayXd::Constant(4, .5)};
        const AssociationSlotEnd end = horizon.End(problem, decision);
        NS_TEST_EXPECT_MSG_EQ(end.drainedJ, 0, "energy");
        AssociationProblem next = problem;
        next.servers.waitS << 1, 2;
        next.devices.battery.setConstant(.5);
        horizon.Begin(next);
        NS_TEST_EXPECT_MSG_EQ(next.servers.waitS[1], 2, "waits stay");
        NS_TEST_EXPECT_MSG_EQ(next.devices.battery[1], .5, "batteries stay");
        NS_TEST_EXPECT_MSG_EQ(horizon.GetEmpty(), 0, "no battery is empty");
    }

    /// Work and energy are conserved over 1,000 random runs of 20 slots.
    void CheckConservation()
    {
        std::mt19937 engine(3);
        std::uniform_real_distribution<double> uniform(0, 1);
        Eigen::Index emptied = 0;
        for (int run = 0; run < 1000; ++run)
        {
            const Eigen::Index devices = 1 + engine() % 12;
            const Eigen::Index servers = 1 + engine() % 4;
            AssociationProblem network = MakeEvenAssociationProblem(devices, servers);
            network.servers.waitS.setConstant(uniform(engine));
            network.devices.battery.setConstant(.01 + .99 * uniform(engine));
            const AssociationHorizonSettings settings{.1 + uniform(engine),
                                                      true,
                                                      10 + 100 * uniform(engine)};
            AssociationHorizon horizon(settings, network);
            double arrivedS = network.servers.waitS.sum();
            double servedS = 0;
            double drainedJ = 0;
            const double fullJ = network.devices.battery.sum() * settings.batteryJ;
            for (int slot = 0; slot < 20; ++slot)
            {
                AssociationProblem problem = network;
                AssociationDecision decision{
                    std::vector<int>(static_cast<std::size_t>(devices), NO_SERVER),
                    Eigen::ArrayXd::Zero(devices),
                    Eigen::ArrayXd::Zero(devices)};
                horizon.Begin(problem);
                for (Eigen::Index i = 0; i < devices; ++i)
                {
                    problem.devices.serverFlop[i] *= uniform(engine);
                    problem.devices.draftEnergyJ[i] = 5 * uniform(engine);
                    if (problem.HasAnyLink(i) && uniform(engine) < .7)
                    {
                        decision.server[static_cast<std::size_t>(i)] =
                            static_cast<int>(engine() % static_cast<unsigned>(servers));
                        decision.bandwidthShare[i] = uniform(engine);
                    }
                }
                const AssociationSlotEnd end = horizon.End(problem, decision);
                arrivedS += end.arrivedS;
                servedS += end.servedS;
                drainedJ += end.drainedJ;
                const double most = settings.slotS * static_cast<double>(servers);
                NS_TEST_EXPECT_MSG_EQ((end.servedS <= most * (1 + 1e-12)), true, "a slot at most");
            }
            const double leftS = horizon.GetBacklogS().sum();
            NS_TEST_EXPECT_MSG_EQ_TOL(servedS + leftS, arrivedS, 1e-9 * arrivedS, "work");
            const double leftJ = horizon.GetBattery().sum() * settings.batteryJ;
            NS_TEST_EXPECT_MSG_EQ_TOL(drainedJ + leftJ, fullJ, 1e-9 * fullJ, "energy");
            NS_TEST_EXPECT_MSG_EQ((horizon.GetBattery() >= 0).all(), true, "no battery owes");
            emptied += horizon.GetEmpty();
        }
        NS_TEST_EXPECT_MSG_GT(emptied, 100, "some batteries end");
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    Check m_check; //!< what the case does
};

/// Add the cases of this file. @param suite the suite
static void
AddAssociationHorizonTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, AssociationHorizonTestCase::Check check) {
        suite.Add(new AssociationHorizonTestCase(name, check));
    };
    add("by hand", &AssociationHorizonTestCase::CheckByHand);
    add("nothing is carried", &AssociationHorizonTestCase::CheckOff);
    add("conservation", &AssociationHorizonTestCase::CheckConservation);
}

static const LlmMecTests g_associationHorizonTests(&AddAssociationHorizonTests); //!< adds them

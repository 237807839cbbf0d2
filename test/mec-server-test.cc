/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"

#include "ns3/mec-server-discipline.h"
#include "ns3/object-factory.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

using namespace ns3;
using llmmec::MecServerDiscipline;
using llmmec::ServerJob;

namespace
{

/**
 * @ingroup llm-mec-tests
 * @brief A job, as planned and as it went.
 */
struct PlannedJob
{
    double arrivalS{0};  //!< when it comes, s, a whole number of ns
    double demandS{0};   //!< what it takes, s
    double latencyS{-1}; //!< its time at the server, s; -1 when it never ends
    double doneS{-1};    //!< when it was told, s
};

/// What there is at an instant
struct BacklogSample
{
    double timeS{0};    //!< when, s
    double backlogS{0}; //!< what the server says, s
};

/**
 * Run jobs through a server.
 * @param discipline its name without ns3::llmmec:: and Discipline
 * @param jobs the jobs, which get their latencies
 * @param samples when to ask for the backlog; get the answers
 */
void
Serve(const std::string& discipline,
      std::vector<PlannedJob>& jobs,
      std::vector<BacklogSample>& samples)
{
    ObjectFactory factory("ns3::llmmec::" + discipline + "Discipline");
    auto server = factory.Create<MecServerDiscipline>();
    server->SetDoneCallback(
        MecServerDiscipline::DoneCallback([&jobs](const ServerJob& job, double latencyS) {
            jobs.at(job.request.slot).latencyS = latencyS;
            jobs.at(job.request.slot).doneS = Simulator::Now().GetSeconds();
        }));
    for (std::size_t i = 0; i < jobs.size(); ++i)
    {
        Simulator::Schedule(Seconds(jobs[i].arrivalS), [&jobs, server, i] {
            ServerJob job;
            job.request.slot = i;
            job.demandS = jobs[i].demandS;
            server->Submit(job);
        });
    }
    for (BacklogSample& sample : samples)
    {
        Simulator::Schedule(Seconds(sample.timeS),
                            [&sample, server] { sample.backlogS = server->GetBacklogS(); });
    }
    Simulator::Run();
    Simulator::Destroy();
}

/// @param discipline its name @param jobs the jobs, which get their latencies
void
Serve(const std::string& discipline, std::vector<PlannedJob>& jobs)
{
    std::vector<BacklogSample> none;
    Serve(discipline, jobs, none);
}

/// Random numbers of these tests
class Random
{
  public:
    /// @param min least @param max largest @return a number in between
    double Uniform(double min, double max)
    {
        return min + (max - min) * std::generate_canonical<double, 53>(m_engine);
    }

    /// @param mean its mean @return an exponential number
    double Exponential(double mean)
    {
        return -mean * std::log1p(-Uniform(0, 1));
    }

    /// @param n how many @param gapS mean time in between, s @param minS least demand, s @param
    /// maxS largest demand, s @return jobs in order of arrival
    std::vector<PlannedJob> MakeJobs(std::size_t n, double gapS, double minS, double maxS)
    {
        std::vector<PlannedJob> jobs(n);
        double arrivalNs = 0;
        for (PlannedJob& job : jobs)
        {
            arrivalNs += std::round(1e9 * Exponential(gapS));
            job.arrivalS = arrivalNs / 1e9;
            job.demandS = Uniform(minS, maxS);
        }
        return jobs;
    }

    /// @param n how many @param endS by when, s @return instants that are no arrivals
    std::vector<BacklogSample> MakeSamples(std::size_t n, double endS)
    {
        std::vector<BacklogSample> samples(n);
        for (BacklogSample& sample : samples)
        {
            sample.timeS = std::round(1e9 * Uniform(0, endS)) / 1e9;
        }
        return samples;
    }

  private:
    std::mt19937 m_engine{8128}; //!< where they come from
};

/// Work at a server that is never idle while it has any, whatever its order: Lindley's recursion.
/// @param jobs jobs in order of arrival @param timeS when, s @return unfinished work, s
double
WorkAt(const std::vector<PlannedJob>& jobs, double timeS)
{
    double workS = 0;
    double atS = 0;
    for (const PlannedJob& job : jobs)
    {
        if (job.arrivalS > timeS)
        {
            break;
        }
        workS = std::max(workS - (job.arrivalS - atS), 0.0) + job.demandS;
        atS = job.arrivalS;
    }
    return std::max(workS - (timeS - atS), 0.0);
}

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief Cases of the server's disciplines; each runs one of the checks below.
 */
class MecServerTestCase : public TestCase
{
  public:
    using Check = void (MecServerTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    MecServerTestCase(const std::string& name, Check check)
        : TestCase("MEC server: " + name),
          m_check(check)
    {
    }

    /// Dedicated: a job takes its demand, whoever else is there; the backlog is what all lack.
    void CheckDedicated()
    {
        Random random;
        // Some 20 jobs at a time, and never none: no idle server that would forget rounding.
        auto jobs = random.MakeJobs(3000, 0.01, 0.1, 0.3);
        auto samples = random.MakeSamples(200, jobs.back().arrivalS);
        Serve("DedicatedServer", jobs, samples);
        for (const PlannedJob& job : jobs)
        {
            NS_TEST_ASSERT_MSG_EQ(job.latencyS, job.demandS, "takes its demand");
            NS_TEST_ASSERT_MSG_EQ_TOL(job.doneS, job.arrivalS + job.demandS, 1.01e-9, "told then");
        }
        for (const BacklogSample& sample : samples)
        {
            double backlogS = 0;
            for (const PlannedJob& job : jobs)
            {
                if (job.arrivalS <= sample.timeS)
                {
                    backlogS += std::max(job.arrivalS + job.demandS - sample.timeS, 0.0);
                }
            }
            NS_TEST_ASSERT_MSG_EQ_TOL(sample.backlogS, backlogS, 1e-8, "at " << sample.timeS);
        }
    }

    /// First come, first served: Lindley's recursion for the waiting times.
    void CheckFirstComeFirstServed()
    {
        Random random;
        auto jobs = random.MakeJobs(1000, 0.1, 0.01, 0.18);
        auto samples = random.MakeSamples(200, jobs.back().arrivalS);
        Serve("FirstComeFirstServed", jobs, samples);
        double waitS = 0;
        int waited = 0;
        for (std::size_t i = 0; i < jobs.size(); ++i)
        {
            if (i > 0)
            {
                const double gapS = jobs[i].arrivalS - jobs[i - 1].arrivalS;
                waitS = std::max(waitS + jobs[i - 1].demandS - gapS, 0.0);
            }
            waited += waitS > 0;
            NS_TEST_ASSERT_MSG_EQ_TOL(jobs[i].latencyS, waitS + jobs[i].demandS, 1e-9, "job " << i);
            NS_TEST_ASSERT_MSG_EQ_TOL(jobs[i].doneS,
                                      jobs[i].arrivalS + jobs[i].latencyS,
                                      2e-9,
                                      "told then");
        }
        NS_TEST_EXPECT_MSG_GT(waited, 600, "a queue that is worth the name");
        ExpectWork(jobs, samples, 1e-9);
    }

    /// Processor sharing, by hand.
    void CheckSharingByHand()
    {
        // Two: 1 s and 2 s of work. Shared until 2 s, when the first ends; the second lacks 1 s.
        std::vector<PlannedJob> two = {{0, 1}, {0, 2}};
        Serve("ProcessorSharing", two);
        ExpectLatencies(two, {2, 3});
        // Three: alone 0 to 1, two from 1 to 2, three from 2. They lack 1.5, 1.5 and 0.5 s at 2 s,
        // so the third is done at 3.5, when the others lack 1 s each, and both are done at 5.5.
        std::vector<PlannedJob> three = {{0, 3}, {1, 2}, {2, 0.5}};
        Serve("ProcessorSharing", three);
        ExpectLatencies(three, {5.5, 4.5, 1.5});
        // A gap: each is alone.
        std::vector<PlannedJob> apart = {{0, 0.5}, {1, 0.25}};
        Serve("ProcessorSharing", apart);
        ExpectLatencies(apart, {0.5, 0.25});
        // One comes at the instant at which another leaves.
        std::vector<PlannedJob> relay = {{0, 0.5}, {0.5, 0.25}};
        Serve("ProcessorSharing", relay);
        ExpectLatencies(relay, {0.5, 0.25});
    }

    /// Processor sharing, random arrivals: over its stay each job gets 1 / n of the server, which
    /// is its demand, with n counted from what was reported of the others.
    void CheckSharing()
    {
        Random random;
        auto jobs = random.MakeJobs(400, 0.1, 0.01, 0.18);
        auto samples = random.MakeSamples(200, jobs.back().arrivalS);
        Serve("ProcessorSharing", jobs, samples);
        std::vector<double> instants;
        for (const PlannedJob& job : jobs)
        {
            instants.push_back(job.arrivalS);
            instants.push_back(job.arrivalS + job.latencyS);
        }
        std::sort(instants.begin(), instants.end());
        std::vector<double> servedS(jobs.size());
        std::size_t most = 0;
        for (std::size_t i = 0; i + 1 < instants.size(); ++i)
        {
            const double middleS = (instants[i] + instants[i + 1]) / 2;
            std::vector<std::size_t> present;
            for (std::size_t j = 0; j < jobs.size(); ++j)
            {
                if (jobs[j].arrivalS < middleS && middleS < jobs[j].arrivalS + jobs[j].latencyS)
                {
                    present.push_back(j);
                }
            }
            most = std::max(most, present.size());
            for (const std::size_t j : present)
            {
                servedS[j] += (instants[i + 1] - instants[i]) / static_cast<double>(present.size());
            }
        }
        NS_TEST_EXPECT_MSG_GT(most, 5, "jobs share");
        for (std::size_t j = 0; j < jobs.size(); ++j)
        {
            // Each end that it sees may be 1 ns late.
            NS_TEST_ASSERT_MSG_EQ_TOL(servedS[j], jobs[j].demandS, 1e-7, "job " << j);
        }
        ExpectWork(jobs, samples, 4e-7);
    }

    /// Many equal jobs at once.
    void CheckBurst()
    {
        const std::size_t n = 100;
        const double demandS = 0.09;
        std::vector<PlannedJob> dedicated(n, {1, demandS});
        auto sharing = dedicated;
        auto queue = dedicated;
        Serve("DedicatedServer", dedicated);
        Serve("ProcessorSharing", sharing);
        Serve("FirstComeFirstServed", queue);
        for (std::size_t i = 0; i < n; ++i)
        {
            const auto place = static_cast<double>(i + 1);
            NS_TEST_ASSERT_MSG_EQ_TOL(dedicated[i].latencyS, demandS, 1e-12, "dedicated");
            NS_TEST_ASSERT_MSG_EQ_TOL(sharing[i].latencyS, n * demandS, 2e-9, "sharing");
            NS_TEST_ASSERT_MSG_EQ_TOL(queue[i].latencyS, place * demandS, 1e-11, "queue");
        }
    }

    /// Poisson arrivals, equal demand D, load rho = 0.5: a mean stay of D / (1 - rho) when shared
    /// (for any law of the demand) and D + rho D / (2 (1 - rho)) in order (Pollaczek-Khinchine).
    void CheckQueueing()
    {
        Random random;
        auto jobs = random.MakeJobs(40000, 0.02, 0.01, 0.01);
        for (const auto& [discipline, expectedS] :
             {std::pair{"ProcessorSharing", 0.02}, std::pair{"FirstComeFirstServed", 0.015}})
        {
            Serve(discipline, jobs);
            double sumS = 0;
            for (const PlannedJob& job : jobs)
            {
                sumS += job.latencyS;
            }
            NS_TEST_EXPECT_MSG_EQ_TOL(sumS / static_cast<double>(jobs.size()),
                                      expectedS,
                                      0.03 * expectedS,
                                      discipline << ": mean stay");
        }
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @param jobs jobs that were served @param latenciesS what they should have taken, s
    void ExpectLatencies(const std::vector<PlannedJob>& jobs, const std::vector<double>& latenciesS)
    {
        for (std::size_t i = 0; i < jobs.size(); ++i)
        {
            NS_TEST_EXPECT_MSG_EQ_TOL(jobs[i].latencyS, latenciesS[i], 5e-9, "job " << i);
        }
    }

    /// @param jobs jobs in order of arrival @param samples the backlog that the server told
    /// @param toleranceS s
    void ExpectWork(const std::vector<PlannedJob>& jobs,
                    const std::vector<BacklogSample>& samples,
                    double toleranceS)
    {
        int busy = 0;
        for (const BacklogSample& sample : samples)
        {
            const double workS = WorkAt(jobs, sample.timeS);
            busy += workS > 0;
            NS_TEST_ASSERT_MSG_EQ_TOL(sample.backlogS, workS, toleranceS, "at " << sample.timeS);
        }
        NS_TEST_EXPECT_MSG_GT(busy, 100, "samples of a busy server");
        NS_TEST_EXPECT_MSG_LT(busy, static_cast<int>(samples.size()), "and of an idle one");
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddMecServerTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, MecServerTestCase::Check check) {
        suite.Add(new MecServerTestCase(name, check));
    };
    add("dedicated", &MecServerTestCase::CheckDedicated);
    add("first come, first served", &MecServerTestCase::CheckFirstComeFirstServed);
    add("sharing by hand", &MecServerTestCase::CheckSharingByHand);
    add("sharing", &MecServerTestCase::CheckSharing);
    add("burst", &MecServerTestCase::CheckBurst);
    add("queueing", &MecServerTestCase::CheckQueueing);
}

static const LlmMecTests g_mecServerTests(&AddMecServerTests); //!< registers the cases of this file

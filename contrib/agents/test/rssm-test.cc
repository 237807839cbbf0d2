/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/learning/rssm.h"
#include "reference.h"
#include "tensors.h"

#include <ATen/core/grad_mode.h>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>
#include <gtest/gtest.h>

using namespace agents;

namespace
{

constexpr int64_t FEATURES = 3; //!< of an observation
constexpr int64_t MEMORY = 4;   //!< units of the GRU
constexpr int64_t LATENT = 2;   //!< units of z
constexpr int64_t BATCH = 3;    //!< sequences

/// @return settings of a small model
WorldModelPpoSettings
MakeSettings()
{
    WorldModelPpoSettings settings;
    settings.modelUnits = 5;
    settings.memoryUnits = MEMORY;
    settings.latentUnits = LATENT;
    settings.rewardWeight = 0.7;
    settings.divergenceWeight = 0.3;
    settings.jointWeight = 0.5;
    return settings;
}

/// Numbers of a kind. @param sizes shape @param random source @return them
at::Tensor
Draw(const std::vector<int64_t>& sizes, base::RandomStream& random)
{
    at::Tensor values = at::empty(sizes);
    random.FillNormal(values.data_ptr<float>(), values.numel());
    return values;
}

/// A normal distribution of z.
struct Latent
{
    Eigen::MatrixXd mean;   ///< B x latent units
    Eigen::MatrixXd stdDev; ///< B x latent units
};

/// @param outputs of a network @return its distribution
Latent
ToLatent(const Eigen::MatrixXd& outputs)
{
    return {outputs.leftCols(LATENT), outputs.rightCols(LATENT).unaryExpr([](double x) {
                return std::log1p(std::exp(x)) + 0.1;
            })};
}

/// @param z a number @param mean of it @param stdDev of it @return log of its normal density
double
GetLogDensity(double z, double mean, double stdDev)
{
    const double scaled = (z - mean) / stdDev;
    return -0.5 * scaled * scaled - std::log(stdDev) - 0.5 * std::log(2 * M_PI);
}

/// @param q posterior @param p prior @return KL(q | p), summed over z and averaged over the batch,
/// by quadrature
double
GetKl(const Latent& q, const Latent& p)
{
    using Quadrature = boost::math::quadrature::gauss_kronrod<double, 61>;
    double sum = 0;
    for (Eigen::Index row = 0; row < q.mean.rows(); ++row)
    {
        for (Eigen::Index i = 0; i < LATENT; ++i)
        {
            constexpr double wide = 12;
            const double mean = q.mean(row, i);
            const double stdDev = q.stdDev(row, i);
            sum += Quadrature::integrate(
                [&](double z) {
                    const double density = GetLogDensity(z, mean, stdDev);
                    return std::exp(density) *
                           (density - GetLogDensity(z, p.mean(row, i), p.stdDev(row, i)));
                },
                mean - wide * stdDev,
                mean + wide * stdDev,
                10,
                1e-9);
        }
    }
    return sum / static_cast<double>(q.mean.rows());
}

/// @param left some columns @param right more @return both, side by side
Eigen::MatrixXd
Beside(const Eigen::MatrixXd& left, const Eigen::MatrixXd& right)
{
    Eigen::MatrixXd both(left.rows(), left.cols() + right.cols());
    both << left, right;
    return both;
}

} // namespace

TEST(Rssm, LossIsEquation35)
{
    const WorldModelPpoSettings settings = MakeSettings();
    const AgentShape shape{FEATURES, 1, 0};
    base::RandomStream random(1);
    Rssm model(shape, settings, random);
    const std::vector<std::vector<at::Tensor>*> groups = model.GetParameters();
    ASSERT_EQ(groups.size(), 5U);
    for (std::vector<at::Tensor>* group : groups)
    {
        const at::NoGradGuard noGradient;
        for (at::Tensor& parameter : *group)
        {
            parameter += 0.2 * Draw(parameter.sizes().vec(), random);
        }
    }
    constexpr int64_t slots = 3;
    Sequences sequences;
    sequences.observations = Draw({slots + 1, BATCH, FEATURES}, random);
    sequences.actions = at::sigmoid(Draw({slots, BATCH, 1}, random));
    sequences.rewards = Draw({slots, BATCH}, random);
    base::RandomStream draws(0);
    draws.Load(random.Save()); // z is drawn from here on
    const double loss = model.GetLoss(sequences).item<double>();

    const auto makeNetwork = [](Eigen::Index inputs, Eigen::Index outputs) {
        return ReferenceNetwork{{inputs, 5, outputs}, Activation::SILU};
    };
    const auto get = [&](std::size_t i) { return Join(*groups[i]); };
    const ReferenceNetwork toPosterior = makeNetwork(MEMORY + FEATURES, 2 * LATENT);
    const ReferenceNetwork toPrior = makeNetwork(MEMORY, 2 * LATENT);
    const ReferenceNetwork toObservation = makeNetwork(MEMORY + LATENT, FEATURES);
    const ReferenceNetwork toNumber = makeNetwork(MEMORY + LATENT, 1);
    base::RandomStream unused(1);
    Gru gru(LATENT + 1, MEMORY, unused); // checked by itself elsewhere
    gru.GetParameters() = *groups[0];
    Eigen::MatrixXd h = Eigen::MatrixXd::Zero(BATCH, MEMORY);
    double observation = 0;
    double reward = 0;
    double kl = 0;
    for (int64_t t = 0; t <= slots; ++t)
    {
        const Eigen::MatrixXd seen = ToMatrix(sequences.observations[t]);
        const Latent posterior = ToLatent(toPosterior.Forward(get(1), Beside(h, seen)));
        kl += GetKl(posterior, ToLatent(toPrior.Forward(get(2), h)));
        const Eigen::MatrixXd normal = ToMatrix(Draw({BATCH, LATENT}, draws));
        const Eigen::MatrixXd z = posterior.mean + posterior.stdDev.cwiseProduct(normal);
        const Eigen::MatrixXd state = Beside(h, z);
        observation += (toObservation.Forward(get(3), state) - seen).squaredNorm() / BATCH;
        if (t > 0)
        {
            reward += (toNumber.Forward(get(4), state) - ToVector(sequences.rewards[t - 1]))
                          .squaredNorm() /
                      BATCH;
        }
        if (t < slots)
        {
            h = ToMatrix(
                gru.Forward(ToTensor(Beside(z, ToMatrix(sequences.actions[t]))), ToTensor(h)));
        }
    }
    const double truth =
        settings.jointWeight * ((observation + settings.divergenceWeight * kl) / (slots + 1) +
                                settings.rewardWeight * reward / slots);
    EXPECT_NEAR(loss, truth, 1e-4 * truth);
    EXPECT_GT(kl, 0.1);
}

TEST(Rssm, ImaginationHasGradientsToTheActionAndNoneToTheModel)
{
    const AgentShape shape{FEATURES, 1, 0};
    base::RandomStream random(2);
    Rssm model(shape, MakeSettings(), random);
    const ModelState state =
        model.ObserveStep(model.GetBlankMemory(BATCH), Draw({BATCH, FEATURES}, random));
    at::Tensor action = at::full({BATCH, 1}, 0.5).set_requires_grad(true);
    const ModelStep step = model.Imagine(state, action, true);
    EXPECT_EQ(step.rewards.sizes(), (std::vector<int64_t>{1, BATCH}));
    (step.rewards.sum() + step.next.observation.sum()).backward();
    EXPECT_GT(action.grad().abs().min().item<double>(), 0);
    for (const std::vector<at::Tensor>* group : model.GetParameters())
    {
        for (const at::Tensor& parameter : *group)
        {
            EXPECT_FALSE(parameter.grad().defined());
        }
    }
    EXPECT_FALSE(step.uncertainty.requires_grad());
    EXPECT_GT(step.uncertainty.min().item<double>(), 0);
}

TEST(Rssm, ImaginesByItsEquations)
{
    // h' = f(h, z, a), z' from the prior p(z' | h'), reward and observation from both.
    const AgentShape shape{FEATURES, 1, 0};
    base::RandomStream random(7);
    Rssm model(shape, MakeSettings(), random);
    const std::vector<std::vector<at::Tensor>*> groups = model.GetParameters();
    const at::NoGradGuard noGradient;
    const ModelState state{Draw({BATCH, FEATURES}, random),
                           {Draw({BATCH, MEMORY}, random), Draw({BATCH, LATENT}, random)}};
    const at::Tensor action = at::sigmoid(Draw({BATCH, 1}, random));
    base::RandomStream draws(0);
    draws.Load(random.Save());
    const ModelStep step = model.Imagine(state, action, true);
    base::RandomStream unused(1);
    Gru gru(LATENT + 1, MEMORY, unused); // checked by itself elsewhere
    gru.GetParameters() = *groups[0];
    const Eigen::MatrixXd h =
        ToMatrix(gru.Forward(at::cat({state.memory[1], action}, 1), state.memory[0]));
    const ReferenceNetwork toPrior{{MEMORY, 5, 2 * LATENT}, Activation::SILU};
    const Latent prior = ToLatent(toPrior.Forward(Join(*groups[2]), h));
    const Eigen::MatrixXd z =
        prior.mean + prior.stdDev.cwiseProduct(ToMatrix(Draw({BATCH, LATENT}, draws)));
    const ReferenceNetwork toObservation{{MEMORY + LATENT, 5, FEATURES}, Activation::SILU};
    const ReferenceNetwork toReward{{MEMORY + LATENT, 5, 1}, Activation::SILU};
    const Eigen::MatrixXd observation = toObservation.Forward(Join(*groups[3]), Beside(h, z));
    const Eigen::MatrixXd reward = toReward.Forward(Join(*groups[4]), Beside(h, z));
    EXPECT_LT((ToMatrix(step.next.observation) - observation).cwiseAbs().maxCoeff(), 1e-5);
    EXPECT_LT((ToMatrix(step.rewards).transpose() - reward).cwiseAbs().maxCoeff(), 1e-5);
    EXPECT_LT((ToVector(step.uncertainty) - prior.stdDev.rowwise().mean()).cwiseAbs().maxCoeff(),
              1e-5);
}

TEST(Rssm, ObservesStepByStepAndRemembers)
{
    const AgentShape shape{FEATURES, 1, 0};
    base::RandomStream random(5);
    Rssm model(shape, MakeSettings(), random);
    constexpr int64_t slots = 3;
    constexpr int64_t batch = 4;
    const at::Tensor observations = Draw({slots, batch, FEATURES}, random);
    const at::Tensor actions = at::sigmoid(Draw({slots - 1, batch, 1}, random));
    random = base::RandomStream(6);
    const ModelState all = model.Observe(observations, actions);
    random = base::RandomStream(6);
    std::vector<at::Tensor> memory = model.GetBlankMemory(batch);
    for (int64_t t = 0; t < slots; ++t)
    {
        const ModelState state = model.ObserveStep(std::move(memory), observations[t]);
        const auto now = [&](const at::Tensor& x) { return x.narrow(0, t * batch, batch); };
        EXPECT_TRUE(at::equal(now(all.observation), state.observation));
        EXPECT_TRUE(at::equal(now(all.memory[0]), state.memory[0]));
        EXPECT_TRUE(at::equal(now(all.memory[1]), state.memory[1]));
        memory = t + 1 < slots ? model.Remember(state, actions[t]) : std::vector<at::Tensor>();
    }
}

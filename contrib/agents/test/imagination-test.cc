/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/learning/imagination.h"
#include "reference.h"
#include "tensors.h"

#include <cmath>
#include <gtest/gtest.h>
#include <memory>

using namespace agents;

namespace
{

constexpr int64_t FEATURES = 2;
constexpr int64_t ACTIONS = 2;
constexpr int64_t STARTS = 16;
constexpr double HALF_LOG_TWO_PI = 0.9189385332046727;

/// A model that is known: r = x_0 a_0 - a_1^2 and r - 0.2, as two heads say, x' = 0.8 x + a,
/// uncertainty |x_1|.
class KnownModel : public WorldModel
{
  public:
    std::vector<std::vector<at::Tensor>*> GetParameters() override
    {
        return {};
    }

    at::Tensor GetLoss(const Sequences&) override
    {
        return {};
    }

    ModelState Observe(const at::Tensor&, const at::Tensor&) override
    {
        return {};
    }

    ModelStep Imagine(const ModelState& state, const at::Tensor& action, bool) override
    {
        const at::Tensor& x = state.observation;
        const at::Tensor reward =
            x.select(1, 0) * action.select(1, 0) - action.select(1, 1) * action.select(1, 1);
        return {at::stack({reward, reward - 0.2}),
                {0.8 * x + action, {}},
                x.select(1, 1).abs().detach()};
    }

    std::map<std::string, double> GetR2(const Sequences&) override
    {
        return {};
    }
};

/// The networks of a learner, and all of it once more in double precision.
struct Imagined
{
    WorldModelPpoSettings settings{}; ///< settings
    double trust{0.6};                ///< weight of the return
    double squashWeight{0.4};         ///< weight of squashing's part in the entropy

    base::RandomStream random{3};                                          ///< weights and draws
    Network actor{{FEATURES, {4}, 2 * ACTIONS, Activation::TANH}, random}; ///< policy
    Network critic{{FEATURES, {4}, 1, Activation::TANH}, random};          ///< V
    ReferenceNetwork actorByHand{{FEATURES, 4, 2 * ACTIONS}};              ///< policy
    ReferenceNetwork criticByHand{{FEATURES, 4, 1}};                       ///< V
    KnownModel model{};                                                    ///< the world
    ModelState starts{};                                                   ///< first states
    std::vector<Eigen::MatrixXd> normal{};                                 ///< draws of each slot

    /// @param gamma discount @param gate how doubts count
    Imagined(double gamma, const std::string& gate)
    {
        settings.gamma = gamma;
        settings.gate = gate;
        settings.horizon = 3;
        settings.actionScale = 3;
        settings.imaginationWeight = 0.7;
        settings.imaginationEntropyWeight = 0.3;
        settings.initialLogDeviation = -0.4;
        starts.observation = at::empty({STARTS, FEATURES});
        random.FillNormal(starts.observation.data_ptr<float>(), STARTS * FEATURES);
        base::RandomStream draws(0);
        draws.Load(random.Save());
        for (int64_t t = 0; t < GetSlots(); ++t)
        {
            at::Tensor each = at::empty({STARTS, ACTIONS});
            draws.FillNormal(each.data_ptr<float>(), each.numel());
            normal.push_back(ToMatrix(each));
        }
    }

    /// @return slots that count
    int64_t GetSlots() const
    {
        return settings.gamma > 0 ? settings.horizon : 1;
    }

    /// @return what is tested
    Imagination Get()
    {
        return {settings, actor, critic, model, random};
    }

    /// What happens in imagination; arrays have one entry a start.
    struct Path
    {
        std::vector<Eigen::MatrixXd> states{}; ///< of each slot
        std::vector<Eigen::MatrixXd> raw{};    ///< actions before squashing
        Eigen::ArrayXd returns{};              ///< G of (40)
        Eigen::ArrayXd doubts{};               ///< mean square of the uncertainty
        double entropy{0};                     ///< mean a slot
    };

    /// @param outputs of the policy @return log standard deviations
    Eigen::MatrixXd GetLogStds(const Eigen::MatrixXd& outputs) const
    {
        return (outputs.rightCols(ACTIONS).array().max(-4.0).min(1.0) +
                settings.initialLogDeviation)
            .matrix();
    }

    /// @param parameters of the policy @return what it leads to, by the definitions
    Path Walk(const Eigen::VectorXd& parameters)
    {
        Path path;
        path.returns = Eigen::ArrayXd::Zero(STARTS);
        path.doubts = Eigen::ArrayXd::Zero(STARTS);
        Eigen::MatrixXd x = ToMatrix(starts.observation);
        const auto slots = static_cast<double>(GetSlots());
        for (int64_t t = 0; t < GetSlots(); ++t)
        {
            const Eigen::MatrixXd outputs = actorByHand.Forward(parameters, x);
            const Eigen::MatrixXd logStd = GetLogStds(outputs);
            const Eigen::MatrixXd u =
                outputs.leftCols(ACTIONS) + logStd.array().exp().matrix().cwiseProduct(normal[t]);
            const Eigen::ArrayXXd squashed = (1 + (-u.array()).exp()).inverse();
            const Eigen::ArrayXXd slope = squashed * (1 - squashed);
            path.entropy += (logStd.sum() + squashWeight * slope.log().sum()) / STARTS / slots;
            const Eigen::MatrixXd a = (settings.actionScale * (squashed - 0.5)).matrix();
            path.states.push_back(x);
            path.raw.push_back(u);
            // The mean of both heads.
            path.returns += std::pow(settings.gamma, t) * (x.col(0).cwiseProduct(a.col(0)).array() -
                                                           a.col(1).array().square() - 0.1);
            path.doubts += x.col(1).array().square() / slots;
            x = 0.8 * x + a;
        }
        if (settings.gamma > 0)
        {
            path.returns += std::pow(settings.gamma, GetSlots()) *
                            criticByHand.Forward(Join(critic.GetParameters()), x).col(0).array();
        }
        return path;
    }

    /// @param parameters of the policy @return the loss of the pathwise gradient
    double GetPathLoss(const Eigen::VectorXd& parameters)
    {
        // How sure the model is counts, and has no gradient.
        const Path now = Walk(Join(actor.GetParameters()));
        const Eigen::ArrayXd certainty = settings.gate == "ensemble"
                                             ? (1 + now.doubts).inverse().eval()
                                             : Eigen::ArrayXd::Ones(STARTS).eval();
        const Path path = Walk(parameters);
        const double gain = (1 - settings.gamma) * (certainty * path.returns).mean();
        return -trust * settings.imaginationWeight * gain -
               settings.imaginationEntropyWeight * path.entropy;
    }

    /// @param parameters of the policy @return (41), with G - V held constant
    double GetScoreLoss(const Eigen::VectorXd& parameters)
    {
        const Path now = Walk(Join(actor.GetParameters()));
        double loss = 0;
        for (int64_t t = 0; t < GetSlots(); ++t)
        {
            const Eigen::MatrixXd outputs = actorByHand.Forward(parameters, now.states[t]);
            const Eigen::ArrayXXd logStd = GetLogStds(outputs).array();
            const Eigen::ArrayXXd z =
                (now.raw[t] - outputs.leftCols(ACTIONS)).array() / logStd.exp();
            const Eigen::ArrayXd logDensity =
                (-0.5 * z.square() - logStd - HALF_LOG_TWO_PI).rowwise().sum();
            const Eigen::ArrayXd value =
                criticByHand.Forward(Join(critic.GetParameters()), now.states[t]).col(0).array();
            loss -= ((now.returns - value) * logDensity).mean();
        }
        return settings.imaginationWeight / static_cast<double>(GetSlots()) * loss;
    }
};

/// Compare a loss and its gradient with those by hand. @param imagined networks
/// @param result what is tested @param loss by hand
void
ExpectSame(Imagined& imagined,
           const Imagination::Result& result,
           const std::function<double(const Eigen::VectorXd&)>& loss)
{
    const Eigen::VectorXd parameters = Join(imagined.actor.GetParameters());
    const Eigen::ArrayXd returns = imagined.Walk(parameters).returns;
    EXPECT_LT((ToVector(result.returns).array() - returns).abs().maxCoeff(), 1e-4);
    EXPECT_NEAR(result.loss.item<double>(), loss(parameters), 1e-5);
    result.loss.backward();
    const Eigen::VectorXd gradient = Join(imagined.actor.GetParameters(), true);
    const Eigen::VectorXd truth = Differentiate(loss, parameters);
    EXPECT_GT(truth.cwiseAbs().maxCoeff(), 0.01);
    EXPECT_LT((gradient - truth).cwiseAbs().maxCoeff(), 1e-4 * truth.cwiseAbs().maxCoeff());
    for (const at::Tensor& parameter : imagined.critic.GetParameters())
    {
        EXPECT_TRUE(!parameter.grad().defined() || parameter.grad().abs().max().item<float>() == 0);
    }
}

/// Discount and gate.
class ImaginationOf : public testing::TestWithParam<std::tuple<double, std::string>>
{
};

} // namespace

TEST_P(ImaginationOf, FollowsTheGradientOfTheReturn)
{
    Imagined imagined(std::get<0>(GetParam()), std::get<1>(GetParam()));
    const Imagination::Result result =
        imagined.Get().FollowPath(imagined.starts, imagined.trust, imagined.squashWeight);
    ExpectSame(imagined, result, [&](const Eigen::VectorXd& p) { return imagined.GetPathLoss(p); });
}

TEST_P(ImaginationOf, ScoresActionsByEquation41)
{
    Imagined imagined(std::get<0>(GetParam()), std::get<1>(GetParam()));
    const Imagination::Result result = imagined.Get().ScoreActions(imagined.starts);
    ExpectSame(imagined, result, [&](const Eigen::VectorXd& p) {
        return imagined.GetScoreLoss(p);
    });
}

INSTANTIATE_TEST_SUITE_P(Discounts,
                         ImaginationOf,
                         testing::Combine(testing::Values(0.0, 0.9),
                                          testing::Values("none", "ensemble")));
